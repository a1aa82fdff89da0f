/** Whether the declared Rules cover every registered URL. Without the auth token, a URL that they leave out would refuse every webhook. */
import type { Signing } from "../config/signing.ts";
import { declaredRules, folderOf, hasTurnQuery, registeredManifestUrls, type UrlManifest } from "./declared-rules.ts";

/** Twilio's limit of Rules for an account (https://www.twilio.com/docs/usage/webhooks/webhook-configuration). */
const MOST_RULES = 50;

/** The first problem of the Rules that a config declares, as a message that begins with its key, or undefined. */
export function coverageProblem(manifest: UrlManifest, signing: Signing): string | undefined {
  const rules = declaredRules(manifest, signing);
  if (rules.length > MOST_RULES) {
    return `hub:signing.rules: they make ${rules.length} Rules; an account may have ${MOST_RULES}`;
  }
  if (signing.authToken === "accept") return undefined;
  const registered = registeredManifestUrls(manifest);
  const bare = registered.find(({ url }) => !rules.some((rule) => "value" in rule && rule.value === url));
  if (bare !== undefined) {
    return `hub:signing.rules: no entry covers ${bare.url}, and hub:signing.authToken is refuse, so every webhook to it would be refused; add one`;
  }
  return turnProblem(
    signing,
    registered.filter(hasTurnQuery).map(({ url }) => url),
  );
}

function turnProblem({ queries }: Signing, urls: readonly Parameters<typeof folderOf>[0][]): string | undefined {
  if (queries === "ignored") return undefined;
  if (queries === "unprobed") {
    return "hub:signing.queries: it is unprobed, and hub:signing.authToken is refuse, so the later turns of a call could be refused; make a call, and see npm run signing -- status";
  }
  const atTop = urls.find((url) => new URL(folderOf(url)).pathname === "/");
  if (atTop === undefined) return undefined;
  return `hub:signing.queries: no prefix Rule can cover the later turns of ${atTop} alone; set hub:hosts.funnel.registerFallback to false, or hub:signing.authToken to accept`;
}
