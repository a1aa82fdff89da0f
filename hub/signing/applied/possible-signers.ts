/** The signers that Twilio may use now for a webhook. */
import { isMarked } from "../declared-rules.ts";
import { possibleRules, type QueryMatching } from "../effective-rule.ts";
import { type LiveRule, type LiveSetting, type Signer, signerOf } from "../live-rules.ts";
import { type AppliedSigning, unappliedChanges } from "./unapplied-changes.ts";

/**
 * Works them out from the Rules that may apply. While Twilio has not applied a Rule's last change, the Rule may also be absent, or have any Setting of
 * the hub's.
 *
 * @param url the URL that Twilio calls, with its query
 */
export function possibleSigners(
  url: string,
  { rules, settings, operations }: AppliedSigning,
  queries: QueryMatching | "unprobed",
): Signer[] {
  const unapplied = unappliedChanges(operations);
  const isUnapplied = (rule: LiveRule | undefined) => rule !== undefined && unapplied.has(rule.id);
  const saved = possibleRules(url, rules, queries);
  const others = possibleRules(
    url,
    rules.filter((rule) => !isUnapplied(rule)),
    queries,
  );
  const isRemovalUnapplied = [...unapplied.keys()].some((id) => rules.every((rule) => rule.id !== id));
  const earlier = saved.some(isUnapplied) || isRemovalUnapplied ? settings.filter(isMarked) : [];
  const shares = [...new Set([...saved, ...others])].flatMap((rule) => signersUnder(rule, settings));
  return [...shares, ...earlier.map(signerOf)];
}

function signersUnder(rule: LiveRule | undefined, settings: readonly LiveSetting[]): Signer[] {
  if (rule === undefined) return ["auth token"];
  return rule.settings.map(({ settingId }) => {
    const setting = settings.find(({ id }) => id === settingId);
    return setting === undefined ? { key: `of the unlisted Setting ${settingId}`, algorithm: "" } : signerOf(setting);
  });
}
