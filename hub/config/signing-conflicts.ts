/** Conflicts inside `hub:signing`. Whether its Rules cover the registered URLs is checked with the manifest: `hub/signing/coverage.ts`. */
import type { Conflict } from "./conflict.ts";
import type { HubKeys } from "./keys.ts";
import type { Signing } from "./signing.ts";

/** Every conflict of `hub:signing`. */
export function signingConflicts({ signing }: Pick<HubKeys, "signing">): Conflict[] {
  if (signing === undefined) return [];
  const found = [
    ...keyConflicts(signing),
    ...endConflicts(signing),
    ...settingConflicts(signing),
    ...ruleConflicts(signing),
    ...refusalConflicts(signing),
  ];
  return found.map(({ path, message }) => ({ path: ["signing", ...path], message }));
}

function keyConflicts({ keys }: Signing): Conflict[] {
  return keys.flatMap(({ id, from, until }, index) => [
    ...(keys.findIndex((key) => key.id === id) === index
      ? []
      : [{ path: ["keys", index, "id"], message: "duplicate id: an earlier entry has it too" }]),
    ...(until === undefined || Date.parse(from) < Date.parse(until)
      ? []
      : [{ path: ["keys", index, "until"], message: "expected a moment after from" }]),
  ]);
}

/** A key that ends while a Rule uses it would turn every webhook of that Rule into a 403 at that moment. */
function endConflicts({ keys, settings, rules }: Signing): Conflict[] {
  const used = new Set(rules.flatMap((rule) => rule.settings.map(({ setting }) => setting)));
  return keys.flatMap(({ id, until }, index) => {
    const setting = settings.find(({ name, key }) => key === id && used.has(name));
    if (until === undefined || setting === undefined) return [];
    const message = `the Setting ${setting.name} uses this key, and hub:signing.rules uses that Setting: webhooks would be refused from then on; take it out of hub:signing.rules first, with an up`;
    return [{ path: ["keys", index, "until"], message }];
  });
}

function settingConflicts({ settings, keys }: Signing): Conflict[] {
  return settings.flatMap(({ name, key }, index) => [
    ...(settings.findIndex((setting) => setting.name === name) === index
      ? []
      : [{ path: ["settings", index, "name"], message: `duplicate name: an earlier entry is ${name} too` }]),
    ...(keys.some(({ id }) => id === key)
      ? []
      : [{ path: ["settings", index, "key"], message: "is not an id of hub:signing.keys; add it there" }]),
  ]);
}

function ruleConflicts({ rules, settings }: Signing): Conflict[] {
  const claimed = new Map<string, number>();
  return rules.flatMap(({ urls, settings: shares }, index) => {
    const total = shares.reduce((sum, { percentage }) => sum + percentage, 0);
    const names = shares.map(({ setting }) => setting);
    const roles = urls === "all" ? ["all"] : urls;
    const earlier = roles.find(
      (role) => claimed.has(role) || claimed.has("all") || (role === "all" && claimed.size > 0),
    );
    for (const role of roles) claimed.set(role, index);
    return [
      ...(total === 100
        ? []
        : [{ path: ["rules", index, "settings"], message: `the percentages sum to ${total}; expected 100` }]),
      ...(new Set(names).size === names.length
        ? []
        : [{ path: ["rules", index, "settings"], message: "names a Setting twice" }]),
      ...names.flatMap((name, share) =>
        settings.some((setting) => setting.name === name)
          ? []
          : [
              {
                path: ["rules", index, "settings", share, "setting"],
                message: `${name} is not a name of hub:signing.settings; add it there`,
              },
            ],
      ),
      ...(earlier === undefined
        ? []
        : [{ path: ["rules", index, "urls"], message: `an earlier entry covers ${earlier} too` }]),
    ];
  });
}

/** A handler without the auth token needs another credential for each use of it. */
function refusalConflicts(signing: Signing): Conflict[] {
  if (signing.authToken === "accept") return [];
  const missing = (["apiKey", "gateFileKey"] as const).filter((key) => signing[key] === undefined);
  return missing.map((key) => ({
    path: [key],
    message: "missing; required if hub:signing.authToken is refuse, because the handler does without the auth token",
  }));
}
