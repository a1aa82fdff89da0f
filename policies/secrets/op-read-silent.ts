import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isCommand } from "../../hub/guards/commands/known-commands.ts";
import { shownText } from "../../hub/values/shown-text.ts";
import { plainProperties } from "../reading/known-value.ts";
import { type FoundText, textsIn } from "../reading/texts.ts";
import { unknownScript } from "../running/reading/command.ts";

/** A call of 1Password's CLI that prints a value, with any path and any flags (https://developer.1password.com/docs/cli/reference/). */
const READS_SECRET =
  /(?<![\w-])op(\.exe)?["']?(\s+-\S+)*\s+["']?(read|run|inject|(item|document)(\s+-\S+)*\s+["']?get)\b/;

/** A shell can put both words together in many ways, so in a command each counts in any input. A reference alone calls nothing. */
const CALLS_OP = /(?<![\w-])op(\.exe)?(?![\w:-])/;
const PRINTS = /\bop:\/\/|\b(read|run|inject|get|signin|token)\b/;

/**
 * With the command provider's default logging, a secret that 1Password's CLI prints is in the output of every preview. The policy looks at every input.
 * A command counts as reading a secret if any input names `op` and any input has a reference, or a word that may make `op` print or hand out a secret. A
 * script that a preview does not know may read one.
 *
 * Instead of a silent resource, prefer `infra/secrets.ts`: a silent `command.local.run` and `pulumi.secret` leave nothing in the state.
 *
 * @see docs/domain.md#no-plaintext-credentials
 */
export function opReadSilent(): ResourceValidationPolicy {
  return {
    name: "op-read-silent",
    description: "A resource that reads a secret with 1Password's CLI logs nothing.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name, props }, reportViolation) => {
      const { logging, ...inputs } = plainProperties(props);
      if (logging === "none") return;
      const texts = textsIn(inputs);
      const reading = isCommand(type) ? readingCommand(texts) : texts.find(({ text }) => READS_SECRET.test(text))?.path;
      const unknown = isCommand(type) ? unknownScript(inputs) : undefined;
      const at = reading ?? unknown;
      if (at === undefined) return;
      const what = reading === undefined ? "is not known in the preview and may read a secret" : "reads a secret";
      const found = typeof logging === "string" ? `logging is ${shownText(logging)}` : "nothing turns its logging off";
      reportViolation(
        `${name}.${at}: ${what} with op, and ${found}; set logging: "none" (docs/domain.md#no-plaintext-credentials)`,
      );
    },
  };
}

function readingCommand(texts: readonly FoundText[]): string | undefined {
  const call = texts.find(({ text }) => CALLS_OP.test(text));
  return texts.some(({ text }) => PRINTS.test(text)) ? call?.path : undefined;
}
