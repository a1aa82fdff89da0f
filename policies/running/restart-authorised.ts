import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { commandProblems, isCommand, valueProblems } from "../../hub/guards/commands/known-commands.ts";
import type { CommandContext } from "../../hub/guards/commands/known-variables.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { textsIn } from "../reading/texts.ts";
import { commandContext, givenCommand, unknownScript } from "./reading/command.ts";
import { isRestart } from "./reading/deployment.ts";

/** PM2 by its name, and the verb after its options (https://pm2.keymetrics.io/docs/usage/quick-start/). */
const PM2 = /\bpm2\b(?:\.cmd)?["']?(?:\s+-\S+)*(?:\s+["']?([\w-]+))?/gi;
/** The verbs that change nothing. */
const LOOKS: readonly string[] = ["jlist", "list", "ls", "show", "describe", "logs", "pid", "ping"];
/** Commands that end or start a process without PM2. */
const MOVES = /\b(systemctl|service|kill|pkill|killall|fuser)\b/i;
const SEE = "(docs/domain.md#no-restart-without-authorisation)";

/**
 * The resource is `restart` of the hub's deployment. It names the release, the owner and the day of `hub:authorisation`, and the hub's own process. Any
 * other command that mentions PM2, unless `commandProblems` knows it as the hub's own, may only look. A command whose script a preview does not know is a
 * violation.
 *
 * `restart-recent` decides how old the authorisation may be. A preview does not know whether the release is staged, so the script checks it on the
 * machine.
 *
 * @param manifest called for each command, for its gate
 * @param now the time of the run
 * @see docs/domain.md#no-restart-without-authorisation: "do not restart twilio PM2 process without confirmation"
 */
export function restartAuthorised(manifest: () => Manifest, now: () => Date): ResourceValidationPolicy {
  return {
    name: "restart-authorised",
    description: "Only the hub's own resource restarts the PM2 process, with an owner's authorisation of a release.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (!isCommand(args.type)) return;
      for (const problem of problemsOf(args, commandContext(manifest, now())))
        reportViolation(`${args.name}.${problem} ${SEE}`);
    },
  };
}

function problemsOf(args: ResourceValidationArgs, context: CommandContext): string[] {
  const given = givenCommand(args);
  if (commandProblems(given, context).length === 0) return [];
  const values = isRestart(args) ? valueProblems(given, context) : [];
  if (values.length > 0) return values.map((problem) => `${problem}; fix hub:authorisation`);
  const problem = restartProblem(given.inputs, context.config.handler.process);
  return problem === undefined ? [] : [`${problem}; remove it: only the hub's own restart may do that`];
}

/** A verb counts only if it follows PM2's name in the same text. If it comes from a variable or another input, it could be any verb. */
function restartProblem(inputs: Readonly<Record<string, unknown>>, process: string): string | undefined {
  const unknown = unknownScript(inputs);
  if (unknown !== undefined) return `${unknown}: is not known in the preview, and may restart the process`;
  const texts = textsIn(inputs);
  for (const { path, text } of texts) {
    const moving = [...text.matchAll(PM2)].find(([, verb = ""]) => !LOOKS.includes(verb));
    if (moving !== undefined)
      return `${path}: makes PM2 ${moving[1] ?? "do something"}, which is not one of ${LOOKS.join(", ")}`;
  }
  const move = texts.find(({ text }) => MOVES.test(text));
  const namesProcess = texts.some(({ text }) => text.split(/[^\w.@-]+/).includes(process));
  return move !== undefined && namesProcess ? `${move.path}: may restart or end ${process}` : undefined;
}
