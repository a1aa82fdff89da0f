/**
 * Whether the declared Rules cover the registered URLs, and no others. Without the auth token, a URL that they leave out would refuse every webhook.
 */
import type { Signing } from "../config/signing.ts";
import type { HttpsUrl, ManifestUrl } from "../urls/urls.ts";
import { type DeclaredRule, declaredRules, registeredManifestUrls, type UrlManifest } from "./declared-rules.ts";

/** Twilio's limit of Rules for an account (https://www.twilio.com/docs/usage/webhooks/webhook-configuration). */
const MOST_RULES = 50;

/** The first problem of the Rules that a config declares, as a message that begins with its key, or undefined. */
export function coverageProblem(manifest: UrlManifest, signing: Signing): string | undefined {
  const rules = declaredRules(manifest, signing);
  if (rules.length > MOST_RULES) {
    return `hub:signing.rules: they make ${rules.length} Rules; an account may have ${MOST_RULES}`;
  }
  const registered = registeredManifestUrls(manifest);
  const tooWide = rules.map((rule) => prefixProblem(rule, rules, registered)).find((problem) => problem !== undefined);
  if (tooWide !== undefined || signing.authToken === "accept") return tooWide;
  const bare = registered.find(({ url }) => !hasExactRule(url, rules));
  if (bare !== undefined) {
    return `hub:signing.rules: no entry covers ${bare.url}, and hub:signing.authToken is refuse, so every webhook to it would be refused; add one`;
  }
  if (signing.queries !== "unprobed") return undefined;
  return "hub:signing.queries: it is unprobed, and hub:signing.authToken is refuse, so the later turns of a call could be refused; make a call with a second turn, and look at hub_webhook_signed_total (docs/signing.md)";
}

/** A prefix Rule is for the later turns of a call alone: an exact Rule comes first for every other URL of the hub's, and its folder is the hub's. */
function prefixProblem(
  rule: DeclaredRule,
  rules: readonly DeclaredRule[],
  registered: readonly ManifestUrl[],
): string | undefined {
  if (rule.matchType !== "PREFIX_MATCH") return undefined;
  const { prefix } = rule;
  const what = `the prefix Rule for ${prefix} would match`;
  if (new URL(prefix).pathname === "/") {
    return `hub:signing.queries: ${what} every webhook to that host, not only the later turns of a call; set hub:hosts.funnel.registerFallback to false, or leave voiceFallbackUrl out of hub:signing.rules and set hub:signing.authToken to accept`;
  }
  const other = registered.find(({ url }) => url.startsWith(prefix) && !hasExactRule(url, rules));
  return (
    other &&
    `hub:signing.rules: ${what} ${other.url} too, which no entry covers; add its role ${other.route.role ?? other.route.path} to one`
  );
}

function hasExactRule(url: HttpsUrl, rules: readonly DeclaredRule[]): boolean {
  return rules.some((rule) => rule.matchType === "EXACT_MATCH" && rule.value === url);
}
