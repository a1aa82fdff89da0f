import type { HubNumber } from "../config/keys.ts";
import { WEBHOOK_METHOD } from "./routes.ts";
import { manifestUrls, registeredUrls, type UrlSource } from "./urls.ts";

/** The properties of a number that hold a webhook's URL, each with the property for its HTTP method. */
export const WEBHOOK_PROPERTIES = [
  { url: "voiceUrl", method: "voiceMethod" },
  { url: "voiceFallbackUrl", method: "voiceFallbackMethod" },
  { url: "statusCallback", method: "statusCallbackMethod" },
  { url: "smsUrl", method: "smsMethod" },
  { url: "smsFallbackUrl", method: "smsFallbackMethod" },
] as const;

/** A property of a number that holds a webhook's URL. */
export type WebhookProperty = (typeof WEBHOOK_PROPERTIES)[number]["url"];

/**
 * The problem with a URL in this property of a number, or undefined if the manifest registers exactly that URL in that property. Another
 * property's URL is signed correctly and answered, but as the wrong event.
 */
export function registeredUrlProblem(
  manifest: UrlSource & { readonly numbers: readonly HubNumber[] },
  property: WebhookProperty,
  url: string,
): string | undefined {
  const problem = webhookUrlProblem(manifest, url);
  if (problem !== undefined) return problem;
  const expected = manifest.numbers.map(({ number }) => registeredUrls(manifest, number)[property]);
  if (expected.some((known) => known === url)) return undefined;
  return expected[0] === undefined
    ? `is not registered by this stack (hub:hosts.funnel)`
    : `is not the manifest's URL of ${property}, ${expected[0]}`;
}

/**
 * The problem with a webhook URL, or undefined if it is exactly one of the manifest's. Twilio signs over the exact URL: with one character
 * changed, every call is answered 403.
 *
 * @param url the URL that is or would be registered at Twilio
 */
export function webhookUrlProblem(manifest: UrlSource, url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null) return "is not an absolute URL";
  if (parsed.protocol !== "https:") return "is not https";
  if (parsed.username !== "" || parsed.password !== "") return "has credentials";
  if (/^https:\/\/[^/?#]*:/.test(url)) return "has a port";
  if (url.includes("?")) return "has a query";
  if (url.includes("#")) return "has a fragment";
  if (parsed.pathname !== "/" && parsed.pathname.endsWith("/")) return "has a trailing slash";
  if (manifestUrls(manifest).some((known) => known.url === url)) return undefined;
  return "is not one of the manifest's URLs (npm run registry lists them)";
}

/** The problem with a webhook's HTTP method, or undefined if the handler answers it. */
export function webhookMethodProblem(method: string): string | undefined {
  return method === WEBHOOK_METHOD ? undefined : `is not ${WEBHOOK_METHOD}, the only method that the handler answers`;
}
