/** Cloudflare's own SDK, with errors that say what to check. */
import Cloudflare from "cloudflare";
import { z } from "zod";
import { refused, unreachable, type Vendor, VendorError, type VendorRequest } from "../protocol/vendor-error.ts";

/** Where Cloudflare is, and what opens it. */
export interface CloudflareAccess {
  readonly apiToken: string;
  readonly baseUrl: string;
}

const CLOUDFLARE: Vendor = {
  name: "Cloudflare",
  credentials: "hub:cloudflare.apiToken and what it permits (Cloudflare Tunnel: Edit, DNS: Edit)",
  ids: "accountId, tunnelId, zoneId and dnsRecordId of hub:cloudflare",
  endpoint: "hub:endpoints.cloudflare",
  statusPage: "https://www.cloudflarestatus.com",
};

const ErrorBody = z.object({ errors: z.array(z.object({ code: z.number(), message: z.string() })) });

/** A client of Cloudflare. What its requests throw is for {@link answered}. */
export function cloudflareClient({ apiToken, baseUrl }: CloudflareAccess): Cloudflare {
  const explainingFetch: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const request: VendorRequest = {
      method: init?.method?.toUpperCase() ?? "GET",
      path: url.replace(`${baseUrl}/`, ""),
      secrets: [apiToken],
    };
    const response = await fetch(input, init).catch((cause: unknown) => {
      throw unreachable(CLOUDFLARE, request, cause);
    });
    if (response.ok) return response;
    throw refused(CLOUDFLARE, request, { status: response.status, reason: reason(await response.text()) });
  };
  return new Cloudflare({ apiToken, baseURL: baseUrl, maxRetries: 0, fetch: explainingFetch });
}

/**
 * The result of a request, without the SDK's wrapping of what its `fetch` throws.
 *
 * @throws VendorError where it was refused or not answered
 */
export async function answered<Result>(request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    const wrapped = error instanceof Cloudflare.APIConnectionError && error.cause instanceof VendorError;
    throw wrapped ? error.cause : error;
  }
}

function reason(body: string): string | undefined {
  const { data } = ErrorBody.safeParse(jsonOf(body));
  return data?.errors.map(({ code, message }) => `${code} ${message}`).join("; ") || undefined;
}

/** A failure between here and Cloudflare answers with a page and not with JSON. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
