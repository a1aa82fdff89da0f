/**
 * `node infra/signing/put-rules.ts put|finish|remove`: the program that the scripts of `hub/scripts/put-signing-rules.ts` run. It reports its progress on
 * the standard error, and prints one line when all is done.
 */
import { pathToFileURL } from "node:url";
import { type Declaration, parseDeclaration } from "../../hub/signing/declaration.ts";
import { isMarked, settingTitle } from "../../hub/signing/declared-rules.ts";
import type { LiveSigning } from "../../hub/signing/live-rules.ts";
import { refusedChange } from "../../hub/signing/refused-change.ts";
import { isDone, isSameMatch, type SigningSteps, signingSteps } from "../../hub/signing/signing-steps.ts";
import { UserError } from "../../hub/values/user-error.ts";
import { webhooksApi } from "../vendors/webhooks-api.ts";
import { readSigning } from "./read-signing.ts";
import { runningSigning } from "./running-signing.ts";
import { hostsIn, readAccess } from "./script-variables.ts";
import { awaitEarlierChanges, takeSteps } from "./take-steps.ts";

/** The steps of each verb, from what is live. */
const STEPS = {
  put: (declaration, live, hosts) => ({
    ...signingSteps(declaration, live, hosts),
    surplusRules: [],
    surplusSettings: [],
  }),
  finish: signingSteps,
  remove: removalSteps,
} as const satisfies Readonly<
  Record<string, (declaration: Declaration, live: LiveSigning, hosts: string[]) => SigningSteps>
>;

/** The verbs of the program. */
export type Verb = keyof typeof STEPS;

/**
 * Takes the steps of a verb, if the running release allows them.
 *
 * @throws UserError if the running release would refuse webhooks after them, or if a step fails
 */
export async function putRules(verb: Verb, environment: NodeJS.ProcessEnv, say: (line: string) => void): Promise<void> {
  const declaration = parseDeclaration(environment);
  const hosts = hostsIn(environment);
  const api = webhooksApi(await readAccess(environment));
  const taking = { api, declaration, say };
  const unapplied = await awaitEarlierChanges(taking);
  const live = await readSigning(api);
  const steps = STEPS[verb](declaration, withoutShares(live, unapplied), hosts);
  if (isDone(steps)) return;
  const problem = refusedChange(steps, declaration, live, await runningSigning(environment), new Date());
  if (problem !== undefined) throw new UserError(problem);
  await takeSteps(taking, steps, live.settings);
  const left = STEPS[verb](declaration, await readSigning(api), hosts);
  if (!isDone(left))
    throw new UserError(
      "hub:signing: Twilio's Rules and Settings are still not as declared after all steps; run this again",
    );
}

/** The live Rules, with those that Twilio has not applied as if they were without Settings: they are changed again. */
function withoutShares({ rules, settings }: LiveSigning, unapplied: ReadonlySet<string>): LiveSigning {
  return { settings, rules: rules.map((rule) => (unapplied.has(rule.id) ? { ...rule, settings: [] } : rule)) };
}

/** The removal of the declared Rules, and of the declared Settings that no other Rule uses. */
function removalSteps({ settings, rules }: Declaration, live: LiveSigning): SigningSteps {
  const surplusRules = live.rules.filter(
    (rule) => isMarked(rule) && rules.some((declared) => isSameMatch(declared, rule)),
  );
  const kept = live.rules.filter((rule) => !surplusRules.includes(rule));
  const used = kept.flatMap((rule) => rule.settings.map(({ settingId }) => settingId));
  const names = [...settings.keys()].map(settingTitle);
  const surplusSettings = live.settings.filter(
    ({ id, friendlyName }) => names.includes(friendlyName ?? "") && !used.includes(id),
  );
  return { settings: [], newRules: [], changedRules: [], surplusRules, surplusSettings };
}

function isVerb(text: string | undefined): text is Verb {
  return text !== undefined && Object.hasOwn(STEPS, text);
}

async function main(verb: string | undefined): Promise<void> {
  if (!isVerb(verb)) throw new UserError("usage: node infra/signing/put-rules.ts put|finish|remove");
  await putRules(verb, process.env, (line) => process.stderr.write(`${line}\n`));
  process.stdout.write(verb === "remove" ? "removed\n" : "as declared\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(process.argv[2]).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
