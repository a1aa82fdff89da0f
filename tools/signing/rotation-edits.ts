/** The edits of a config that move its Rules from older keys to the newest. */
import type { DeclaredSetting, Share, Signing, SigningKey } from "../../hub/config/signing.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";
import type { ConfigEdit } from "../stack/edit-stack-config.ts";

/** The part of the webhooks that a new key signs first, in percent. */
const FIRST_SHARE = 5;

/** The longest name of a Setting. */
const LONGEST_NAME = 61;

/** An edit of the Rules, and the percentage that the newest key then signs. */
export type ShareEdits =
  | { readonly percentage: number; readonly edits: readonly ConfigEdit[] }
  | { readonly problem: string };

/**
 * The next edit of the Rules: those with an older key alone give the newest a small share; if there are none, those that share go over to it. undefined
 * if no Rule uses an older key.
 */
export function shareEdits(signing: Signing, newest: SigningKey): ShareEdits | undefined {
  const isOld = ({ setting }: Share) => settingOf(signing, setting).key !== newest.id;
  const rules = signing.rules
    .map(({ settings }, index) => ({ settings, index, old: settings.filter(isOld) }))
    .filter(({ old }) => old.length > 0);
  const two = rules.find(({ old }) => old.length > 1);
  if (two !== undefined) {
    return {
      problem: `hub:signing.rules[${two.index}]: it has two Settings with older keys; give one of them 100 first`,
    };
  }
  if (rules.length === 0) return undefined;
  const alone = rules.filter(({ settings }) => settings.length === 1);
  if (alone.length === 0) {
    const edits = rules.flatMap(({ index, settings }) =>
      ruleEdit(
        index,
        settings.filter((given) => !isOld(given)).map(({ setting }) => ({ setting, percentage: 100 })),
      ),
    );
    return { percentage: 100, edits };
  }
  const made: DeclaredSetting[] = [];
  const edits = alone.flatMap(({ index, settings: [old] }) => {
    if (old === undefined) return [];
    const next = successorOf(settingOf(signing, old.setting), [...signing.settings, ...made], newest);
    if (![...signing.settings, ...made].includes(next)) made.push(next);
    return ruleEdit(index, [
      { setting: old.setting, percentage: 100 - FIRST_SHARE },
      { setting: next.name, percentage: FIRST_SHARE },
    ]);
  });
  const added = made.map((value, index) => ({
    path: ["hub:signing", "settings", signing.settings.length + index],
    value,
  }));
  return { percentage: FIRST_SHARE, edits: [...added, ...edits] };
}

/** The removal of the Settings with older keys. No Rule may use them any more. */
export function oldSettingsOut({ settings }: Signing, newest: SigningKey): ConfigEdit[] {
  return removals(
    "settings",
    settings.map(({ key }) => key !== newest.id),
  );
}

/** The removal of every key but the newest. */
export function oldKeysOut({ keys }: Signing, newest: SigningKey): ConfigEdit[] {
  return removals(
    "keys",
    keys.map(({ id }) => id !== newest.id),
  );
}

/** The removal of list entries, the last one first, so that the indices of the others stay. */
function removals(list: string, isRemoved: readonly boolean[]): ConfigEdit[] {
  const indices = isRemoved.flatMap((removed, index) => (removed ? [index] : []));
  return indices.reverse().map((index) => ({ path: ["hub:signing", list, index], value: undefined }));
}

function ruleEdit(index: number, settings: readonly Share[]): ConfigEdit[] {
  return [{ path: ["hub:signing", "rules", index, "settings"], value: settings }];
}

function settingOf({ settings }: Signing, name: string): DeclaredSetting {
  const found = settings.find((setting) => setting.name === name);
  if (found === undefined) throw new Error(`hub:signing.settings has no ${name}`);
  return found;
}

/** The Setting with the newest key and the same connection, which may be there already. */
function successorOf(old: DeclaredSetting, settings: readonly DeclaredSetting[], newest: SigningKey): DeclaredSetting {
  const { connection } = old;
  const same = settings.find(
    ({ key, connection: other }) => key === newest.id && canonicalJson(other ?? {}) === canonicalJson(connection ?? {}),
  );
  if (same !== undefined) return same;
  const base = old.name.replace(/-\d{4}-\d{2}(-\d{2})?(-\d+)?$/, "");
  const day = newest.from.slice(0, 10);
  const names = Array.from({ length: settings.length + 1 }, (_, index) => {
    const end = index === 0 ? `-${day}` : `-${day}-${index + 1}`;
    return `${base.slice(0, LONGEST_NAME - end.length)}${end}`;
  });
  const name = names.find((candidate) => !settings.some((setting) => setting.name === candidate)) ?? base;
  return { name, key: newest.id, ...(connection && { connection }) };
}
