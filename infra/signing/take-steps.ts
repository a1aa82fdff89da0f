/** Takes the steps that put Twilio's Rules and Settings right, and waits until Twilio has applied each. */
import { setTimeout as pause } from "node:timers/promises";
import { isUnderWay, unappliedChanges } from "../../hub/signing/applied/unapplied-changes.ts";
import type { Declaration } from "../../hub/signing/declaration.ts";
import { type DeclaredRule, settingTitle } from "../../hub/signing/declared-rules.ts";
import { patternOf } from "../../hub/signing/effective-rule.ts";
import type { LiveOperation, LiveRule, LiveSetting } from "../../hub/signing/live-rules.ts";
import { liveSetting, type SigningSteps } from "../../hub/signing/signing-steps.ts";
import { UserError } from "../../hub/values/user-error.ts";
import type { SettingShare, WebhooksApi } from "../vendors/webhooks-api.ts";

/** The means to take steps. */
export interface Taking {
  readonly api: WebhooksApi;
  readonly declaration: Declaration;
  /** Reports the progress, a line each. */
  readonly say: (line: string) => void;
}

/** The time in which Twilio must apply a change, in seconds. It needs 30 to 60. */
const LIMIT_S = 300;

/** The pause before the second look at an Operation, in milliseconds. Each further pause is half as long again. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** The longest name that Twilio takes (https://www.twilio.com/docs/usage/webhooks/webhook-rules). */
const LONGEST_NAME = 255;

/**
 * Takes the steps. No Rule is removed before every other one applies, and no Setting before the Rules that used it are gone.
 *
 * @param settings the account's Settings before the steps
 * @throws UserError if Twilio refuses a step or does not apply it in time. The next run goes on from there
 */
export async function takeSteps(taking: Taking, steps: SigningSteps, settings: readonly LiveSetting[]): Promise<void> {
  const { api, say } = taking;
  const created = await createSettings(taking, steps.settings);
  const sharesOf = (rule: DeclaredRule) => sharesIn(rule, taking.declaration, [...settings, ...created]);
  // Twilio refuses two changes at once, so they are sent one after the other. They apply side by side.
  const changes: Change[] = [];
  for (const rule of steps.newRules)
    changes.push({ what: `${nameOf(rule)}: created`, operation: await api.createRule(newRule(rule, sharesOf(rule))) });
  for (const { rule, live } of steps.changedRules)
    changes.push({
      what: `${nameOf(rule)}: changed`,
      operation: await api.patchRule(live.id, { settings: sharesOf(rule) }),
    });
  await allApplied(taking, changes);
  const removals: Change[] = [];
  for (const rule of steps.surplusRules)
    removals.push({ what: `${nameOf(rule)}: removed`, operation: await api.deleteRule(rule.id) });
  await allApplied(taking, removals);
  for (const { id, friendlyName } of steps.surplusSettings) {
    await api.deleteSetting(id);
    say(`the Setting ${friendlyName ?? id}: removed`);
  }
}

/**
 * Waits for the changes that an earlier run, or anybody else, has begun: until then a list may not show them.
 *
 * @returns the IDs of the Rules whose last change Twilio has not applied. A list shows them as if it had
 */
export async function awaitEarlierChanges(taking: Pick<Taking, "api" | "say">): Promise<ReadonlySet<string>> {
  const underWay = (await taking.api.operations()).filter(isUnderWay);
  await Promise.allSettled(underWay.map((operation) => applied(taking, { what: "an earlier change", operation })));
  return new Set(unappliedChanges(await taking.api.operations()).keys());
}

interface Change {
  /** The change in words, as if it were done. */
  readonly what: string;
  readonly operation: LiveOperation;
}

async function createSettings({ api, declaration, say }: Taking, names: readonly string[]): Promise<LiveSetting[]> {
  const created: LiveSetting[] = [];
  for (const name of names) {
    const content = declaration.settings.get(name);
    if (content === undefined) throw new Error(`the Setting ${name} is not declared`);
    const { key, algorithm, connection } = content;
    const signature = { type: "SHARED_KEY" as const, sharedKeyId: key, algorithm };
    created.push(
      await api.createSetting({ friendlyName: settingTitle(name), signature, ...(connection && { connection }) }),
    );
    say(`the Setting ${settingTitle(name)}: created`);
  }
  return created;
}

function newRule({ settings: _shares, ...match }: DeclaredRule, settings: readonly SettingShare[]) {
  return { ...match, friendlyName: settingTitle(patternOf(match)).slice(0, LONGEST_NAME), settings };
}

function sharesIn({ settings }: DeclaredRule, declaration: Declaration, live: readonly LiveSetting[]): SettingShare[] {
  return settings.map(({ setting, percentage }) => {
    const found = liveSetting(setting, declaration, live);
    if (found === undefined) throw new Error(`the Setting ${setting} was not made`);
    return { settingId: found.id, percentage };
  });
}

async function allApplied(taking: Taking, changes: readonly Change[]): Promise<void> {
  await Promise.all(changes.map((change) => applied(taking, change)));
}

async function applied({ api, say }: Pick<Taking, "api" | "say">, { what, operation }: Change): Promise<void> {
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  let found = operation;
  for (let wait = FIRST_PAUSE_MS; isUnderWay(found); wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS)) {
    if (seconds() > LIMIT_S)
      throw new UserError(
        `${what}: Twilio has not applied it after ${seconds()} s (${found.status}, Operation ${found.id}); run this again, and it goes on from there`,
      );
    await pause(wait);
    found = await api.operation(found.id);
    if (wait === LONGEST_PAUSE_MS) say(`${what}, not yet applied by Twilio (${found.status}) after ${seconds()} s`);
  }
  if (found.status !== "COMPLETED") {
    const reason = found.error ? `${found.error.code} ${found.error.detail}` : "no reason given";
    throw new UserError(`${what}: Twilio's Operation ${found.id} is ${found.status} (${reason}); run this again`);
  }
  say(`${what}, and applied by Twilio after ${seconds()} s`);
}

function nameOf(rule: DeclaredRule | LiveRule): string {
  return `the Rule for ${patternOf(rule)}`;
}
