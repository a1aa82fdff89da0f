/**
 * Answers in the envelope of Cloudflare's API.
 * Sources: https://developers.cloudflare.com/fundamentals/api/reference/ and https://developers.cloudflare.com/api/
 */
import { ApiError } from "../serving/api-error.ts";
import type { Fault, FaultStatus } from "../serving/faults.ts";
import { retryAfter } from "../serving/middleware.ts";

/** An error answer of Cloudflare's API. */
export class CloudflareError extends ApiError {
  override readonly name = "CloudflareError";
}

/** Makes the answer for a result. */
export function success(result: unknown, further: Record<string, unknown> = {}): Response {
  return Response.json({ success: true, errors: [], messages: [], result, ...further });
}

/**
 * Makes the answer for a page of a list.
 *
 * @param query the request's `page` and `per_page`
 * @param size the size of a page, if the request does not name one
 */
export function successPage(items: readonly unknown[], query: Record<string, string>, size: number): Response {
  const page = Number(query.page ?? 1) || 1;
  const perPage = Number(query.per_page ?? size) || size;
  const shown = items.slice((page - 1) * perPage, page * perPage);
  const totals = { total_count: items.length, total_pages: Math.ceil(items.length / perPage) };
  return success(shown, { result_info: { page, per_page: perPage, count: shown.length, ...totals } });
}

/** Makes the answer for an error. */
export function failure(error: CloudflareError, headers: Record<string, string> = {}): Response {
  const { code, message, status } = error;
  return Response.json(
    { success: false, errors: [{ code, message }], messages: [], result: null },
    { status, headers },
  );
}

/** Error 7003: the path's account, zone or kind of resource does not exist. */
export function noRoute(path: string): CloudflareError {
  return new CloudflareError(404, 7003, `Could not route to ${path}, perhaps your object identifier is invalid?`);
}

const FAULT_ERRORS: Readonly<Record<FaultStatus, readonly [code: number, message: string]>> = {
  400: [1004, "Bad request"],
  401: [10000, "Authentication error"],
  403: [9109, "Unauthorized to access requested resource"],
  404: [7003, "Could not route to the path, perhaps your object identifier is invalid?"],
  429: [971, "Please wait and consider throttling your request speed"],
  500: [10001, "Internal server error"],
  502: [10001, "Bad gateway"],
  503: [10001, "Service unavailable"],
};

/** Makes the answer for an injected fault. */
export function faultResponse(fault: Fault): Response {
  const [code, message] = FAULT_ERRORS[fault.status];
  return failure(new CloudflareError(fault.status, code, message), retryAfter(fault));
}
