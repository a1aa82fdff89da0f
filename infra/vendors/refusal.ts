/** The meaning of a vendor's refusal for the person who runs a command. Each kind of refusal has its own remedy. */

/** A refused request, or one that got no answer of the API. */
export interface Refusal {
  /** The vendor's name, for messages. */
  readonly vendor: string;
  /** The HTTP status. */
  readonly status: number;
  /** The header `Content-Type`; null if the answer does not have it. */
  readonly contentType: string | null;
  /** The header `Retry-After`, in seconds or as a date; null if the answer does not have it. */
  readonly retryAfter: string | null;
  /** The vendor's own reasons, like `9109 Unauthorized to access requested resource`. */
  readonly reasons?: string;
  /** The config keys to check if the credentials are refused. */
  readonly credentials: string;
  /** The config keys to check if the vendor does not know an ID. */
  readonly names: string;
  /** The vendor's page about its own faults. */
  readonly statusPage: string;
}

/** Whether a `Content-Type` is JSON. Both vendors' APIs answer with JSON only. */
export function isJson(contentType: string | null): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType ?? "");
}

/** The refusal in one line: the answer, its meaning, and the remedy. */
export function refusalText(refusal: Refusal): string {
  const { vendor, status, reasons } = refusal;
  const answer = `${vendor} answered ${status}${reasons ? ` (${reasons})` : ""}`;
  return `${answer}${meaningOf(refusal)}`;
}

function meaningOf({ vendor, status, contentType, retryAfter, credentials, names, statusPage }: Refusal): string {
  if (!isJson(contentType) && contentType !== null) {
    return (
      ` with ${kindOf(contentType)}, which is not of the API: a gateway or a proxy answered in its place. ` +
      `Check the network and ${statusPage}, then run this again`
    );
  }
  if (status === 429) return `: there were too many requests. Run this again ${waitOf(retryAfter)}`;
  if (status >= 500) return `: this is a fault of ${vendor}'s own, see ${statusPage}. Run this again later`;
  if (status === 404) return `: it does not have that; check ${names}`;
  return `; check ${credentials}`;
}

function kindOf(contentType: string): string {
  return /html/i.test(contentType) ? "an HTML page" : `the type ${contentType.split(";")[0]}`;
}

function waitOf(retryAfter: string | null): string {
  if (retryAfter === null) return "in five minutes";
  return /^\d+$/.test(retryAfter) ? `in ${retryAfter} seconds` : `after ${retryAfter}`;
}
