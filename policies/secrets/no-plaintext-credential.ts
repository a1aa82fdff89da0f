import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import * as pulumi from "@pulumi/pulumi";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { credentialIn, foreignVault, VAULT } from "../../hub/values/credentials.ts";
import { shownText } from "../../hub/values/shown-text.ts";
import { plainProperties } from "../reading/known-value.ts";
import { stackConfig } from "../reading/stack.ts";
import { type FoundText, textsIn } from "../reading/texts.ts";
import { isMarked, markedPaths } from "./reading/secret-marks.ts";

const SEE = "(docs/domain.md#no-plaintext-credentials)";

/**
 * A credential is known by its look, or by its name and a look that could be one (`hub/values/credentials.ts`). It may be in a resource's inputs or in the
 * config. An input passes if the program marked it secret. A value that a preview does not know passes: the update shows it to the policy before it makes
 * the resource.
 *
 * Only a remediation sees the marks. This one changes nothing, and the level is `remediate` because under any other level the engine skips remediations,
 * so that every credential would look unmarked. A violation counts as a mandatory one.
 *
 * The engine hands the config over without marks, and the hub's config holds references alone. So a credential there, or under `pulumi:`, is a violation
 * even if it is marked.
 *
 * @see docs/domain.md#no-plaintext-credentials: `op://Aurora/twilio/…`; "never hardcode in handler or config"
 */
export function noPlaintextCredential(): ResourceValidationPolicy {
  const marks = new Map<string, readonly string[]>();
  return {
    name: "no-plaintext-credential",
    description: `No credential is in plain text, and every 1Password reference is to the vault ${VAULT}.`,
    enforcementLevel: "remediate",
    remediateResource: ({ urn, props }) => {
      marks.set(urn, markedPaths(props));
    },
    validateResource: (args, reportViolation) => {
      for (const { path, ...found } of unmarkedInputs(args, marks.get(args.urn) ?? [])) {
        const what = credentialIn(found.name, found.text);
        if (what !== undefined)
          reportViolation(
            `${args.name}.${path}: holds ${what} (not shown) and is not marked secret; mark it with pulumi.secret ${SEE}`,
          );
      }
      for (const problem of vaultProblems(textsIn(plainProperties(args.props))))
        reportViolation(`${args.name}.${problem} ${SEE}`);
      if (args.type !== COMPONENT_TYPES.hub) return;
      for (const problem of configProblems()) reportViolation(`${problem} ${SEE}`);
    },
  };
}

function unmarkedInputs({ props }: ResourceValidationArgs, remembered: readonly string[]): FoundText[] {
  const plain = plainProperties(props);
  const marked = [...remembered, ...markedPaths(plain)];
  return textsIn(plain).filter(({ path }) => !isMarked(path, marked));
}

/** The problems of the hub's keys and of the engine's, which are the only others that a stack's config may have. */
function configProblems(): string[] {
  const texts = [...textsIn({ hub: stackConfig() }), ...textsIn(engineKeys())].map((found) => ({
    ...found,
    path: found.path.replace(/^hub\./, "hub:"),
  }));
  const credentials = texts.flatMap(({ path, name, text }) => {
    const what = credentialIn(name, text);
    return what === undefined
      ? []
      : [`${path}: holds ${what} (not shown); put it into 1Password and refer to it with op://${VAULT}/…`];
  });
  return [...credentials, ...vaultProblems(texts)];
}

/** The values of `pulumi:*`. A structured value is JSON there. */
function engineKeys(): Record<string, unknown> {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith("pulumi:"));
  return Object.fromEntries(own.map(([key, value]) => [key, parsed(value)]));
}

function parsed(value: string): unknown {
  try {
    const found: unknown = JSON.parse(value);
    return typeof found === "object" ? found : value;
  } catch {
    return value;
  }
}

function vaultProblems(texts: readonly FoundText[]): string[] {
  return texts.flatMap(({ path, text }) => {
    const vault = foreignVault(text);
    return vault === undefined
      ? []
      : [
          `${path}: refers to the 1Password vault ${shownText(vault)}; move the item to "${VAULT}", and refer to it there`,
        ];
  });
}
