import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { commandProblems, isCommand, valueProblems } from "../../hub/guards/commands/known-commands.ts";
import type { CommandContext } from "../../hub/guards/commands/known-variables.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { textsIn } from "../reading/texts.ts";
import { unknownScript } from "./reading/command-type.ts";
import { commandContext, givenCommand } from "./reading/given-command.ts";
import { isRestart } from "./reading/restart.ts";

/** PM2 by its name, and the verb that it is told, behind options (https://pm2.keymetrics.io/docs/usage/quick-start/). */
const PM2 = /\bpm2\b(?:\.cmd)?["']?(?:\s+-\S+)*(?:\s+["']?([\w-]+))?/gi;
/** The verbs that change nothing. */
const LOOKS: readonly string[] = ["jlist", "list", "ls", "show", "describe", "logs", "pid", "ping"];
/** What ends or starts a process past PM2. */
const MOVES = /\b(systemctl|service|kill|pkill|killall|fuser)\b/i;
const SEE = "(docs/domain.md#no-restart-without-authorisation)";

/**
 * The PM2 process is restarted by one resource alone, `restart` of the hub's deployment, and that one names the release, the owner and the day of
 * `hub:authorisation`, and the hub's own process. Any other command that mentions PM2, and is not the hub's own by `commandProblems`, has it look
 * and nothing else. One whose script the preview does not know is a violation. Satisfied by a whole `hub:authorisation`. How old it may be is
 * `restart-recent`'s; whether the release is staged is not known to a preview, and the script asks it on the machine.
 *
 * @param manifest gives the gate when a resource is looked at
 * @param today the day of the run, `YYYY-MM-DD` in UTC
 * @see docs/domain.md#no-restart-without-authorisation: "do not restart twilio PM2 process without confirmation"
 */
export function restartAuthorised(manifest: () => Manifest, today: () => string): ResourceValidationPolicy {
  return {
    name: "restart-authorised",
    description:
      "The PM2 process is restarted only by the hub's own resource, with an owner's authorisation of a release.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (!isCommand(args.type)) return;
      for (const problem of problemsOf(args, commandContext(manifest, today())))
        reportViolation(`${args.name}.${problem} ${SEE}`);
    },
  };
}

function problemsOf(args: ResourceValidationArgs, context: CommandContext): string[] {
  const given = givenCommand(args);
  if (commandProblems(given, context).length === 0) return [];
  const values = isRestart(args) ? valueProblems(given, context) : [];
  if (values.length > 0) return values.map((problem) => `${problem}; mend hub:authorisation`);
  const problem = restartProblem(given.inputs, context.config.handler.process);
  return problem === undefined ? [] : [`${problem}; only the hub's own restart may`];
}

/** A verb counts only where it stands behind PM2's name in one text: one in a variable, or in another input, may be any. */
function restartProblem(inputs: Readonly<Record<string, unknown>>, process: string): string | undefined {
  const unknown = unknownScript(inputs);
  if (unknown !== undefined) return `${unknown}: is not known in the preview, and may restart the process`;
  const texts = textsIn(inputs);
  for (const { path, text } of texts) {
    const moving = [...text.matchAll(PM2)].find(([, verb = ""]) => !LOOKS.includes(verb));
    if (moving !== undefined)
      return `${path}: has PM2 ${moving[1] ?? "do something"}, and not one of ${LOOKS.join(", ")}`;
  }
  const move = texts.find(({ text }) => MOVES.test(text));
  const namesProcess = texts.some(({ text }) => text.split(/[^\w.@-]+/).includes(process));
  return move !== undefined && namesProcess ? `${move.path}: may restart or end ${process}` : undefined;
}
