import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isCommand } from "../hub/known-commands.ts";
import { unknownScript } from "./command-type.ts";
import { plainProperties } from "./plain-properties.ts";
import { textsIn } from "./texts.ts";

/** 1Password's CLI printing a value, by whatever path it is called and whatever flags stand between (https://developer.1password.com/docs/cli/reference/). */
const READS_SECRET = /\bop(\.exe)?["']?(\s+-\S+)*\s+["']?(read|run|inject|(item|document)(\s+-\S+)*\s+["']?get)\b/i;

/**
 * A resource that has 1Password's CLI print a secret does so silently: with the command provider's default logging the secret stands in the
 * output of every preview. It looks at every input. A script that the preview does not know may read one. Satisfied by `logging: "none"`; better
 * by reading it as `infra/secrets.ts` does, with a silent `command.local.run` and `pulumi.secret`, which leaves nothing in the state.
 *
 * @see the domain document, "Feedback rules": feedback_no_plaintext_creds
 */
export function opReadSilent(): ResourceValidationPolicy {
  return {
    name: "op-read-silent",
    description: "A resource that reads a secret with 1Password's CLI logs nothing.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name, props }, reportViolation) => {
      const { logging, ...inputs } = plainProperties(props);
      if (logging === "none") return;
      const reading = textsIn(inputs).find(({ text }) => READS_SECRET.test(text))?.path;
      const unknown = isCommand(type) ? unknownScript(inputs) : undefined;
      const at = reading ?? unknown;
      if (at === undefined) return;
      const what = reading === undefined ? "is not known in the preview and may read a secret" : "reads a secret";
      const found = typeof logging === "string" ? `logging is "${logging}"` : "nothing turns its logging off";
      reportViolation(
        `${name}.${at}: ${what} with op, and ${found}; set logging: "none" (domain document, Feedback rules: feedback_no_plaintext_creds)`,
      );
    },
  };
}
