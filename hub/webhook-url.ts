import { WEBHOOK_METHOD } from "./routes.ts";
import { manifestUrls, type UrlSource } from "./urls.ts";

/** The properties of a number that hold a webhook's URL, each with the property of its method. */
export const WEBHOOK_PROPERTIES = {
  voiceUrl: "voiceMethod",
  voiceFallbackUrl: "voiceFallbackMethod",
  statusCallback: "statusCallbackMethod",
  smsUrl: "smsMethod",
  smsFallbackUrl: "smsFallbackMethod",
} as const;

/**
 * What is wrong with a webhook URL, or undefined where the manifest registers it to the letter. Twilio signs over the exact URL: one
 * character more or less and every call is answered 403.
 *
 * @param url as it is or would be registered at Twilio
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

/** What is wrong with a webhook's method, or undefined where it is the one that the handler answers. */
export function webhookMethodProblem(method: string): string | undefined {
  return method === WEBHOOK_METHOD ? undefined : `is not ${WEBHOOK_METHOD}, the only method that the handler answers`;
}
