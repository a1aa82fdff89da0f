/** Sends every kind of request on every way to the handler, and compares the answers. */
import { type CurlAnswer, type CurlRequest, curl, portOf, WAYS, type Way } from "./curl.ts";
import type { Front } from "./fronts/fronts.ts";
import { inTurns } from "./in-turns.ts";
import type { RequestKind } from "./requests.ts";

/** A request that was sent, and what came back. */
export interface Sending {
  /** The front, the form of HTTP and the kind of request. */
  readonly name: string;
  readonly front: string;
  readonly kind: RequestKind;
  readonly request: CurlRequest;
  /** Undefined if nothing came back. */
  readonly answer: CurlAnswer | undefined;
}

/**
 * Sends each kind over each front in several forms, each on a connection of its own, and then all kinds over as few connections as the front allows.
 *
 * @param every of the pairs of a kind and a form, only each so-many-th is sent, and each whose body pauses. Default: each
 */
export async function sendAll(fronts: readonly Front[], kinds: readonly RequestKind[], every = 1): Promise<Sending[]> {
  const alone = fronts.flatMap((front) =>
    WAYS.flatMap((way, row) =>
      kinds
        .filter((kind, column) => (pauses(kind) || (row + column) % every === 0) && fits(front, way, kind))
        .map((kind) => () => sendAlone(front, way, kind)),
    ),
  );
  const together = fronts.map(
    (front) => () =>
      sendTogether(
        front,
        kinds.filter((kind) => !pauses(kind)),
      ),
  );
  return (await inTurns([...alone, ...together])).flat();
}

/** The requests that were answered otherwise than their kind says, or otherwise than the first of their kind: that one was sent directly. */
export function differing(sendings: readonly Sending[]): Sending[] {
  const first = new Map<RequestKind, string>();
  return sendings.filter(({ kind, answer }) => {
    const seen = shown(answer);
    if (!first.has(kind)) first.set(kind, seen);
    return answer?.status !== kind.status || seen !== first.get(kind);
  });
}

function shown(answer: CurlAnswer | undefined): string {
  return JSON.stringify([answer?.status, answer?.type, answer?.allow, answer?.body]);
}

function pauses({ make }: RequestKind): boolean {
  return make().pauseMs !== undefined;
}

function fits(front: Front, way: Way, { make }: RequestKind): boolean {
  const { body, pauseMs } = make();
  if (portOf(front, way) === undefined) return false;
  // curl sends a body that it does not know yet neither over HTTP/1.0 nor after a pause of its own for `100 Continue`.
  if (pauseMs !== undefined && ["HTTP/1.0", "100-continue"].includes(way.name)) return false;
  return !way.needsBody || body !== undefined;
}

async function sendAlone(front: Front, way: Way, kind: RequestKind): Promise<Sending[]> {
  const request = kind.make();
  const [answer] = await curl(portOf(front, way) ?? 0, way, [framed(request, way)]);
  return [{ name: `${front.name}, ${way.name}: ${kind.name}`, front: front.name, kind, request, answer }];
}

/** curl takes the length of a body that pauses from the headers. Without a length it is sent in chunks. */
function framed(request: CurlRequest, way: Way): CurlRequest {
  if (request.pauseMs === undefined || way.needsBody) return request;
  const length = String(Buffer.byteLength(request.body ?? ""));
  const headers = [...request.headers, ["content-length", length], ["expect", ""], ["transfer-encoding", ""]] as const;
  return { ...request, headers };
}

async function sendTogether(front: Front, kinds: readonly RequestKind[]): Promise<Sending[]> {
  const requests = kinds.map((kind) => kind.make());
  const answers = await curl(front.port, { args: ["--http1.1"] }, requests);
  return kinds.flatMap((kind, index) => {
    const request = requests[index];
    const name = `${front.name}, one connection: ${kind.name}`;
    return request === undefined ? [] : [{ name, front: front.name, kind, request, answer: answers[index] }];
  });
}
