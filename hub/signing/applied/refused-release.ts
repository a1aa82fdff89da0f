/** Whether an authorised release would refuse webhooks as Twilio signs them now. A restart onto it would turn them into 403s. */
import type { HttpsUrl } from "../../urls/urls.ts";
import { type AcceptedSigning, accepts } from "../accepted-signing.ts";
import { calledAt, registeredManifestUrls, type UrlManifest } from "../declared-rules.ts";
import type { QueryMatching } from "../effective-rule.ts";
import type { Signer } from "../live-rules.ts";
import { possibleSigners } from "./possible-signers.ts";
import type { AppliedSigning } from "./unapplied-changes.ts";

/** A release that an authorisation lets run, and the Rules and Settings at Twilio. */
export interface AuthorisedRelease {
  /** `sha256:` and 64 hex digits. */
  readonly release: string;
  /** The signatures that it accepts. */
  readonly accepted: AcceptedSigning;
  /** The manifest whose URLs are registered. */
  readonly manifest: UrlManifest;
  readonly live: AppliedSigning;
  readonly queries: QueryMatching | "unprobed";
  readonly now: Date;
}

/** The reason why the release may not run yet, in one line that says what to do, or undefined. */
export function refusedRelease({
  release,
  accepted,
  manifest,
  live,
  queries,
  now,
}: AuthorisedRelease): string | undefined {
  const refused = new Map<string, Set<HttpsUrl>>();
  for (const entry of registeredManifestUrls(manifest)) {
    const signers = calledAt(entry).flatMap((called) => possibleSigners(called, live, queries));
    for (const signer of signers.filter((candidate) => !accepts(accepted, candidate, now)).map(nameOf))
      refused.set(signer, (refused.get(signer) ?? new Set()).add(entry.url));
  }
  if (refused.size === 0) return undefined;
  const found = [...refused].map(([signer, urls]) => `${signer} (${examples([...urls])})`).join(" and with ");
  const ways = [...new Set([...refused.keys()].map((signer) => (signer === TOKEN ? RULES_FIRST : KEY_FIRST)))].join(
    "; ",
  );
  return `hub:authorisation.release: ${release} would answer 403 to webhooks that Twilio may sign now with ${found}; ${ways} ${SEE}`;
}

const TOKEN = "the auth token";
const RULES_FIRST = "make the Rules first: set hub:signing.authToken to accept, run up, then refuse";
const KEY_FIRST = "take the key out of the Rules with an up first, or authorise a release that accepts it";
const SEE = "(docs/signing.md#a-restart-and-the-rules)";

function nameOf(signer: Signer): string {
  if (signer === "auth token") return TOKEN;
  return signer === "nobody" ? "nothing" : `the key ${signer.key}`;
}

function examples([first, ...others]: readonly HttpsUrl[]): string {
  return others.length === 0 ? `1 URL, ${first}` : `${others.length + 1} URLs, like ${first}`;
}
