/** What a vendor's API refused or did not answer, as one line that says what to check. */

/** A vendor, and where a person looks when it refuses. */
export interface Vendor {
  readonly name: string;
  /** The config keys of its credentials. */
  readonly credentials: string;
  /** The config keys of the IDs by which its resources are found. */
  readonly ids: string;
  /** The config key of its address on the loopback cloud. */
  readonly endpoint: string;
  readonly statusPage: string;
}

/** One request, as an error shows it. */
export interface VendorRequest {
  readonly method: string;
  /** The path without the API's prefix. */
  readonly path: string;
  /** What must not stand in an error: the credentials. */
  readonly secrets: readonly string[];
}

/** What the vendor answered. */
export interface Refusal {
  readonly status: number;
  /** The vendor's own codes and messages. */
  readonly reason?: string | undefined;
}

/** The error of a request to a vendor. It has no status where there was no answer. */
export class VendorError extends Error {
  override readonly name = "VendorError";
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** The error for an answer that refuses a request. */
export function refused(vendor: Vendor, request: VendorRequest, { status, reason }: Refusal): VendorError {
  const why = reason === undefined ? "" : ` (${reason})`;
  const text = `${vendor.name} answered ${status}${why} on ${request.method} ${request.path}: ${advice(vendor, request, status)}`;
  return new VendorError(oneLine(text, request.secrets), status);
}

/** The error for a request that got no answer. */
export function unreachable(vendor: Vendor, request: VendorRequest, cause: unknown): VendorError {
  const { method, path, secrets } = request;
  const text = `${vendor.name} did not answer ${method} ${path} (${reasonOf(cause)}): check the network, and ${vendor.endpoint} where it is set`;
  return new VendorError(oneLine(text, secrets));
}

function advice(vendor: Vendor, { method }: VendorRequest, status: number): string {
  if (status === 401 || status === 403) return `check ${vendor.credentials}`;
  if (status === 404) return `check ${vendor.ids}, and that what they name is still there`;
  if (status === 429) return "nothing was done; wait a minute and run it again";
  if (status < 500) return "check the value that it names";
  if (method === "GET") return `see ${vendor.statusPage} and run it again`;
  return `it may have been done all the same, so look before you run it again; see ${vendor.statusPage}`;
}

/** The system's code says more than the message of a failed connection, and some have no message at all. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code: unknown = Reflect.get(cause, "code");
  if (typeof code === "string") return code;
  return cause.cause === undefined ? cause.message : reasonOf(cause.cause);
}

function oneLine(text: string, secrets: readonly string[]): string {
  const masked = secrets
    .filter((secret) => secret !== "")
    .reduce((rest, next) => rest.replaceAll(next, "[secret]"), text);
  return masked.replace(/\s+/g, " ").trim();
}
