import { webhookUrlProblem } from "./registered-url.ts";
import { manifestUrls, type UrlSource } from "./urls.ts";

/**
 * The problem with a fallback URL that was set by hand, or undefined if the handler answers it as the event that Twilio means.
 *
 * @param property `voiceFallbackUrl` for calls, `smsFallbackUrl` for texts
 */
export function fallbackUrlProblem(
  manifest: UrlSource,
  property: "voiceFallbackUrl" | "smsFallbackUrl",
  url: string,
): string | undefined {
  const problem = webhookUrlProblem(manifest, url);
  if (problem !== undefined) return `${problem}, so the handler refuses it`;
  const event = property === "voiceFallbackUrl" ? "inbound-call" : "inbound-text";
  const answered = manifestUrls(manifest).find((known) => known.url === url)?.route.event;
  return answered === event ? undefined : `is answered as ${answered} and not as ${event}`;
}
