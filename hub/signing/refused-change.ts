/** Whether the running release would refuse webhooks after a change of Rules. The config may be ahead of it: a release runs only once it is authorised. */
import { type AcceptedSigning, acceptedUntil, accepts, refusalReason } from "./accepted-signing.ts";
import type { Declaration, SettingContent } from "./declaration.ts";
import type { DeclaredRule } from "./declared-rules.ts";
import { patternOf, possibleRules } from "./effective-rule.ts";
import { type LiveRule, type LiveSigning, type Signer, signerOf } from "./live-rules.ts";
import type { SigningSteps } from "./signing-steps.ts";

/** The signatures that the running release accepts, or `nothing` if no release runs. */
export type RunningSigning = AcceptedSigning | "nothing";

/** The reason why the steps may not be taken, in one line that says what to do, or undefined. */
export function refusedChange(
  { newRules, changedRules, surplusRules }: SigningSteps,
  declaration: Declaration,
  live: LiveSigning,
  running: RunningSigning,
  now: Date,
): string | undefined {
  const written = [...newRules, ...changedRules.map(({ rule }) => rule)];
  return (
    written.map((rule) => refusedRule(rule, declaration, running, now)).find((problem) => problem !== undefined) ??
    refusedRemoval(surplusRules, live, declaration.queries, running, now)
  );
}

function refusedRule(
  rule: DeclaredRule,
  { settings }: Declaration,
  running: RunningSigning,
  now: Date,
): string | undefined {
  const what = `hub:signing.rules: the Rule for ${patternOf(rule)} is not made`;
  if (running === "nothing") return `${what}: no release runs that accepts its key; ${AUTHORISE}`;
  const problems = rule.settings.flatMap(({ setting }) => keyProblem(settings.get(setting), running, now) ?? []);
  return problems[0] && `${what}: the running release ${problems[0]}, so it would answer 403; ${AUTHORISE}`;
}

/** A key must have no end while a Rule uses it. The config refuses an end too, but the release may be an earlier one. */
function keyProblem(content: SettingContent | undefined, running: AcceptedSigning, now: Date): string | undefined {
  if (content === undefined) return undefined;
  const reason = refusalReason(running, content, now);
  if (reason !== undefined) return `does not accept the key ${content.key} (${reason})`;
  const until = acceptedUntil(running, content);
  return until && `accepts the key ${content.key} only until ${until}`;
}

const AUTHORISE = "authorise the staged release first (npm run authorise), and run this again";

function refusedRemoval(
  surplus: readonly LiveRule[],
  { rules, settings }: LiveSigning,
  queries: Declaration["queries"],
  running: RunningSigning,
  now: Date,
): string | undefined {
  if (running === "nothing") return undefined;
  const kept = rules.filter((rule) => !surplus.includes(rule));
  const signersOf = (rule: LiveRule | undefined): Signer[] =>
    rule === undefined
      ? ["auth token"]
      : rule.settings.map(({ settingId }) => signerOf(settings.find(({ id }) => id === settingId) ?? {}));
  const affected = running.urls.filter((url) =>
    possibleRules(url, rules, queries).some((rule) => rule && surplus.includes(rule)),
  );
  const refused = affected.find((url) =>
    possibleRules(url, kept, queries).some((rule) => signersOf(rule).some((signer) => !accepts(running, signer, now))),
  );
  return (
    refused &&
    `hub:signing.rules: the Rules that are no longer declared are not removed: the running release does not accept the signature that ${refused} would have then (the auth token's, if no other Rule matches); set hub:signing.authToken to accept, authorise that release, and run this again`
  );
}
