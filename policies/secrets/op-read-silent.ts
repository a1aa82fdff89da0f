import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isCommand } from "../../hub/guards/commands/known-commands.ts";
import { shownText } from "../../hub/values/shown-text.ts";
import { plainProperties } from "../reading/known-value.ts";
import { type FoundText, textsIn } from "../reading/texts.ts";
import { unknownScript } from "../running/reading/command-type.ts";

/** 1Password's CLI printing a value, by whatever path it is called and whatever flags stand between (https://developer.1password.com/docs/cli/reference/). */
const READS_SECRET =
  /(?<![\w-])op(\.exe)?["']?(\s+-\S+)*\s+["']?(read|run|inject|(item|document)(\s+-\S+)*\s+["']?get)\b/;

/** In a command a shell may come by both words in many ways. So each counts wherever it stands; a reference alone calls nothing. */
const CALLS_OP = /(?<![\w-])op(\.exe)?(?![\w:-])/;
const PRINTS = /\bop:\/\/|\b(read|run|inject|get|signin|token)\b/;

/**
 * A resource that has 1Password's CLI print a secret does so silently: with the command provider's default logging the secret stands in the
 * output of every preview. It looks at every input, and of a command at all of them together: whatever names `op` beside a reference, or a word that
 * may have it print or hand out a secret. A script that the preview does not know may read one. Satisfied by `logging: "none"`; better
 * by reading it as `infra/secrets.ts` does, with a silent `command.local.run` and `pulumi.secret`, which leaves nothing in the state.
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
