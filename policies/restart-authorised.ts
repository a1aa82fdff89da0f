import type { ResourceValidationPolicy } from "@pulumi/policy";
import { authorisationProblem } from "../hub/authorisation.ts";
import { isCommand } from "../hub/known-commands.ts";
import type { Manifest } from "../hub/manifest.ts";
import { dayOf } from "../hub/pack-config.ts";
import { unknownScript } from "./command-type.ts";
import { plainProperties } from "./plain-properties.ts";
import { foundAuthorisation, isRestart } from "./restart.ts";
import { stackConfig } from "./stack-config.ts";
import { textsIn } from "./texts.ts";

/** What of PM2 ends or moves a process (https://pm2.keymetrics.io/docs/usage/quick-start/). */
const PM2 = /\bpm2\b/i;
const MOVES =
  /\b(restart|reload|gracefulReload|startOrRestart|startOrReload|scale|update|resurrect|delete|del|stop|kill)\b/i;
const SEE = "(domain document, Feedback rules: feedback_action_gate_violation_repeated)";

/**
 * The PM2 process is restarted by one resource alone, `restart` of the hub's deployment, and that one names the release's digest, an owner who
 * says so and the day. Every other command that has PM2 restart, stop or end something is a violation, and so is one whose script the preview
 * does not know. Satisfied by a whole `hub:authorisation`. How old it may be is `restart-recent`'s.
 *
 * @param today the day of the run, `YYYY-MM-DD` in UTC
 * @see the domain document, "Feedback rules": "do not restart twilio PM2 process without confirmation"
 */
export function restartAuthorised(
  _manifest: () => Manifest,
  today: () => string = () => dayOf(new Date()),
): ResourceValidationPolicy {
  return {
    name: "restart-authorised",
    description:
      "The PM2 process is restarted only by the hub's own resource, with an owner's authorisation of a release.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      const { type, name, props } = args;
      if (!isCommand(type)) return;
      if (isRestart(args)) {
        const context = { owners: stackConfig().owners, today: today() };
        const problem = authorisationProblem(foundAuthorisation(props), context);
        if (problem !== undefined) reportViolation(`${name}.environment: ${problem}; mend hub:authorisation ${SEE}`);
        return;
      }
      const problem = restartProblem(plainProperties(props));
      if (problem !== undefined) reportViolation(`${name}.${problem}; only the hub's own restart may ${SEE}`);
    },
  };
}

/** It looks at all texts together: a name in a variable and a verb in the script are one command. */
function restartProblem(props: Readonly<Record<string, unknown>>): string | undefined {
  const unknown = unknownScript(props);
  if (unknown !== undefined) return `${unknown}: is not known in the preview, and may restart the process`;
  const texts = textsIn(props);
  const pm2 = texts.find(({ text }) => PM2.test(text));
  const move = texts.flatMap(({ text }) => MOVES.exec(text)?.[0] ?? []);
  return pm2 === undefined || move.length === 0 ? undefined : `${pm2.path}: has PM2 ${move[0]} a process`;
}
