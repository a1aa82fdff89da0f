/** Cloudflare's official SDK, with errors that say what to do. It is used beside the provider for what the provider does not show. */

import type { ClientOptions } from "cloudflare/client";
import { APIError } from "cloudflare/error";
import { UserError } from "../../hub/values/user-error.ts";
import { isJson, refusalText } from "./refusal.ts";

/** The token for Cloudflare's API and the API's URL. */
export interface CloudflareAccess {
  readonly apiToken: string;
  readonly baseUrl: string;
}

/** The API's URL. */
export const CLOUDFLARE_URL = "https://api.cloudflare.com/client/v4";

/** The longest wait that Cloudflare may ask for before a request is sent again. After a longer one the run ends and says so. */
const LONGEST_WAIT_S = 10;

const VENDOR = {
  vendor: "Cloudflare",
  credentials: "hub:cloudflare.apiToken and what it may read",
  names: "hub:cloudflare.accountId, zoneId and tunnelId",
  statusPage: "https://www.cloudflarestatus.com",
};

/** The options of a client for the SDK. */
export function clientOptions({ apiToken, baseUrl }: CloudflareAccess): ClientOptions {
  // The SDK would also send credentials from the shell's environment. Only those of the config may be used.
  const others = { apiKey: null, apiEmail: null, userServiceKey: null, logLevel: "off" } as const;
  return { apiToken, baseURL: baseUrl, ...others, fetch: fetchJson };
}

/**
 * Awaits a request of the SDK.
 *
 * @throws UserError with Cloudflare's answer and the remedy
 */
export async function answered<Result>(request: Promise<Result>): Promise<Result> {
  return request.catch((cause: unknown) => {
    if (!(cause instanceof APIError)) throw cause;
    throw new UserError(problemOf(cause), { cause });
  });
}

function problemOf({ status, headers, errors, cause }: APIError): string {
  if (cause instanceof UserError) return cause.message;
  if (status === undefined) return `Cloudflare did not answer (${codeOf(cause)}); check the network`;
  const reasons = errors.map(({ code, message }) => `${code} ${message}`).join("; ");
  const read = (name: string) => headers?.get(name) ?? null;
  return refusalText({
    ...VENDOR,
    status,
    ...{ contentType: read("content-type"), retryAfter: read("retry-after"), reasons },
  });
}

/**
 * Like `fetch`, but an answer without JSON is an error: the SDK would take a page for an empty list. A wait that is too long is left to the person: the
 * SDK would keep to any, without a word.
 */
const fetchJson: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const { ok, status, headers, body } = response;
  const [contentType, retryAfter] = [headers.get("content-type"), headers.get("retry-after")];
  if (ok && !isJson(contentType)) {
    await body?.cancel();
    throw new UserError(refusalText({ ...VENDOR, status, contentType: contentType ?? "none", retryAfter }));
  }
  if (retryAfter === null || Number(retryAfter) <= LONGEST_WAIT_S) return response;
  return new Response(body, { status, headers: { ...Object.fromEntries(headers), "x-should-retry": "false" } });
};

/** The code of the lowest cause, like `ECONNREFUSED`, or its message. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return "no reason given";
  const code: unknown = Reflect.get(cause, "code");
  if (typeof code === "string") return code;
  return cause.cause === undefined ? cause.message : codeOf(cause.cause);
}
