/** The answer to `hub:signing.queries` that the handler's counts give: whether an exact Rule also covers a URL with a query. */
import type { Manifest } from "../../hub/manifest.ts";
import { calledAt, hasTurnQuery, registeredManifestUrls } from "../../hub/signing/declared-rules.ts";
import { effectiveRule } from "../../hub/signing/effective-rule.ts";
import { type LiveSigning, signerOf } from "../../hub/signing/live-rules.ts";
import type { SignedCount } from "./machine.ts";

/** The answer, and the reason for it. */
export interface QueryAnswer {
  readonly answer: "ignored" | "matched" | "not known";
  readonly because: string;
}

/** Reads the answer in the counts of a handler; undefined if none answers. */
export function queryAnswer(
  manifest: Manifest,
  live: LiveSigning,
  counts: readonly SignedCount[] | undefined,
): QueryAnswer {
  if (counts === undefined) return unknown("no handler answers");
  const urls = registeredManifestUrls(manifest).filter(hasTurnQuery);
  const exact = urls.map(({ url }) => effectiveRule(url, live.rules, "matched"));
  const isSignedByKey = (rule: (typeof exact)[number]) =>
    rule?.matchType === "EXACT_MATCH" &&
    rule.settings.every(
      ({ settingId }) => typeof signerOf(live.settings.find(({ id }) => id === settingId) ?? {}) === "object",
    );
  if (!exact.every(isSignedByKey)) return unknown("not every URL of a call has an exact Rule with a key");
  const wider = live.rules.filter(({ matchType }) => matchType !== "EXACT_MATCH");
  if (urls.flatMap(calledAt).some((called) => effectiveRule(called, wider, "matched") !== undefined)) {
    return unknown("a prefix or default Rule covers the later turns of calls too");
  }
  const total = (isKey: boolean, hasQuery: boolean) =>
    counts
      .filter((one) => (one.by !== AUTH_TOKEN) === isKey && one.hasQuery === hasQuery)
      .reduce((sum, { count }) => sum + count, 0);
  const [byKey, byToken] = [total(true, true), total(false, true)];
  if (byKey > 0) return { answer: "ignored", because: `${byKey} later turns of calls were signed with a key` };
  if (byToken > 0 && total(true, false) > 0) {
    return {
      answer: "matched",
      because: `${byToken} later turns of calls were signed with the auth token, and none with a key; that counts only for calls since the Rules apply: make another call, and look again`,
    };
  }
  return unknown("no later turn of a call was counted since the handler's start; make a call, and answer its question");
}

/** The auth token's label in the metrics. */
export const AUTH_TOKEN = "auth-token";

function unknown(because: string): QueryAnswer {
  return { answer: "not known", because };
}
