/** A request as it reached the handler, whichever host runs it. */

/** The longest body that is read, in bytes. Twilio's largest webhooks (a transcription, add-on results) stay far below. */
export const MAX_BODY_BYTES = 64 * 1024;

/** What the checks of a webhook read. `Host` and `X-Forwarded-*` are not among it: they are the client's word. */
export interface Delivered {
  /** The request target, path and query, exactly as it arrived. */
  readonly target: string;
  readonly method: string;
  readonly contentType: string | undefined;
  /** The value of `X-Twilio-Signature`. Where the header stands twice, both values with a comma between: no signature looks so. */
  readonly signature: string | undefined;
  /** The raw bytes: all of them, or more than {@link MAX_BODY_BYTES} where it is longer than that. */
  readonly body: Uint8Array;
}

/**
 * Reads a request.
 *
 * @param target the request target as it arrived. Without it the one of the request's URL is taken, which the URL's parser may have changed
 */
export async function readDelivered(request: Request, target = targetOf(request)): Promise<Delivered> {
  return {
    target,
    method: request.method,
    contentType: request.headers.get("content-type") ?? undefined,
    signature: request.headers.get("x-twilio-signature") ?? undefined,
    body: await readBody(request),
  };
}

function targetOf(request: Request): string {
  const { pathname, search } = new URL(request.url);
  return `${pathname}${search}`;
}

/** Reads at once where the length is announced, which HTTP/1.1 holds the client to; piece by piece where it is not. */
async function readBody(request: Request): Promise<Uint8Array> {
  const announced = Number(request.headers.get("content-length") ?? Number.NaN);
  if (announced <= MAX_BODY_BYTES) return new Uint8Array(await request.arrayBuffer());
  return request.body === null ? new Uint8Array() : readPieces(request.body);
}

/** Stops with the piece that passes the limit. */
async function readPieces(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    length += piece.length;
    if (length > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(pieces);
}
