import type { z } from "zod";

/** An absolute https URL without credentials, port, fragment or trailing slash: the only shape in which a URL is registered. */
export type HttpsUrl = string & z.$brand<"HttpsUrl">;

/** Whether a text is an {@link HttpsUrl}. It stands apart from the schemas, so that the handler's bundle is without their library. */
export function isHttpsUrl(url: string): url is HttpsUrl {
  return /^https:\/\/[^\s/?#@:]+(\/[^\s/?#]+)*$/.test(url);
}
