/** Cloudflare's own SDK, with the error messages of the real provider. */
import { STATUS_CODES } from "node:http";
import Cloudflare from "cloudflare";

/** The API's address and its token. */
export interface CloudflareAccess {
  readonly apiToken: string;
  readonly baseUrl: string;
}

/** Cloudflare refused a request, or did not answer it. The status is undefined if there was no answer. */
export class CloudflareRequestError extends Error {
  override readonly name = "CloudflareRequestError";
  readonly status: number | undefined;

  constructor(request: string, problem: string, status?: number) {
    super(`failed to make http request: ${request}: ${problem}`);
    this.status = status;
  }
}

/**
 * Makes a client of Cloudflare. Await its requests with {@link answered}, which unwraps their errors. Unlike the real provider, it does
 * not retry a request after a 429 or 5xx. The real provider retries for about three minutes, and then fails with the same message.
 */
export function cloudflareClient({ apiToken, baseUrl }: CloudflareAccess): Cloudflare {
  const explainingFetch: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const request = `${init?.method?.toUpperCase() ?? "GET"} "${url}"`;
    const response = await fetch(input, init).catch((cause: unknown) => {
      throw new CloudflareRequestError(request, reasonOf(cause));
    });
    if (response.ok) return response;
    const { status } = response;
    throw new CloudflareRequestError(request, `${status} ${STATUS_CODES[status]} ${await response.text()}`, status);
  };
  return new Cloudflare({ apiToken, baseURL: baseUrl, maxRetries: 0, fetch: explainingFetch });
}

/**
 * Awaits a request. The SDK wraps the errors of its `fetch`; this removes the wrapper.
 *
 * @throws CloudflareRequestError if the request was refused or not answered
 */
export async function answered<Result>(request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    const wrapped = error instanceof Cloudflare.APIConnectionError && error.cause instanceof CloudflareRequestError;
    throw wrapped ? error.cause : error;
  }
}

/** The reason of a failed connection. The system's code says more than the error's message, which may even be empty. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code: unknown = Reflect.get(cause, "code");
  if (typeof code === "string") return code;
  return cause.cause === undefined ? cause.message : reasonOf(cause.cause);
}
