/** Cloudflare's own SDK, with errors in the words of the real provider. */
import { STATUS_CODES } from "node:http";
import Cloudflare from "cloudflare";

/** Where Cloudflare is, and what opens it. */
export interface CloudflareAccess {
  readonly apiToken: string;
  readonly baseUrl: string;
}

/** A request that Cloudflare refused or did not answer. It has no status if there was no answer. */
export class CloudflareRequestError extends Error {
  override readonly name = "CloudflareRequestError";
  readonly status: number | undefined;

  constructor(request: string, problem: string, status?: number) {
    super(`failed to make http request: ${request}: ${problem}`);
    this.status = status;
  }
}

/**
 * A client of Cloudflare. What its requests throw is for {@link answered}. Unlike the real provider it does not repeat a request that was
 * answered 429 or 5xx: the real one tries for about three minutes, and then says the same.
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
 * The result of a request, without the SDK's wrapping of what its `fetch` throws.
 *
 * @throws CloudflareRequestError if it was refused or not answered
 */
export async function answered<Result>(request: Promise<Result>): Promise<Result> {
  try {
    return await request;
  } catch (error) {
    const wrapped = error instanceof Cloudflare.APIConnectionError && error.cause instanceof CloudflareRequestError;
    throw wrapped ? error.cause : error;
  }
}

/** The system's code says more than the message of a failed connection, and some have no message at all. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code: unknown = Reflect.get(cause, "code");
  if (typeof code === "string") return code;
  return cause.cause === undefined ? cause.message : reasonOf(cause.cause);
}
