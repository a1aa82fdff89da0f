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
 * No credential stands in the open in a resource's inputs or in the config, and every 1Password reference is to the hub's vault. A credential
 * is known by its look, or by its name and a look that could be one (`hub/values/credentials.ts`). An input passes where the program marked it secret.
 * The marks are seen in the remediation, which changes nothing, and so the level is `remediate`: a violation counts as a mandatory one.
 * Under another level the engine leaves the remediation out, and then every credential is one in the open. The engine hands the config over without
 * marks, and the hub's holds references alone, so a credential there, or under `pulumi:`, is a violation whatever its mark. What a preview does not know passes: the
 * update shows it before it makes the resource. Satisfied by a reference in the config, or by `pulumi.secret`.
 *
 * @see docs/domain.md#no-plaintext-credentials: `op://Aurora/twilio/…`; "never hardcode in handler or config"
 */
export function noPlaintextCredential(): ResourceValidationPolicy {
  const marks = new Map<string, readonly string[]>();
  return {
    name: "no-plaintext-credential",
    description: `No credential stands in the open, and every 1Password reference is to the vault ${VAULT}.`,
    enforcementLevel: "remediate",
    remediateResource: ({ urn, props }) => {
      marks.set(urn, markedPaths(props));
    },
    validateResource: (args, reportViolation) => {
      for (const { path, ...found } of inputsInTheOpen(args, marks.get(args.urn) ?? [])) {
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

function inputsInTheOpen({ props }: ResourceValidationArgs, remembered: readonly string[]): FoundText[] {
  const plain = plainProperties(props);
  const marked = [...remembered, ...markedPaths(plain)];
  return textsIn(plain).filter(({ path }) => !isMarked(path, marked));
}

/** The hub's keys, and those of the engine, which are the only others that a stack's config may have. */
function configProblems(): string[] {
  const texts = [...textsIn({ hub: stackConfig() }), ...textsIn(engineKeys())].map((found) => ({
    ...found,
    path: found.path.replace(/^hub\./, "hub:"),
  }));
  const credentials = texts.flatMap(({ path, name, text }) => {
    const what = credentialIn(name, text);
    return what === undefined ? [] : [`${path}: holds ${what} (not shown); put it into 1Password and refer to it`];
  });
  return [...credentials, ...vaultProblems(texts)];
}

/** The values of `pulumi:*`; a structured one stands there as JSON. */
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
      : [`${path}: refers to the 1Password vault ${shownText(vault)}; expected "${VAULT}"`];
  });
}
