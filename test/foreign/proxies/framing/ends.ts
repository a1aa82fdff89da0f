/** Traps in a length and a coding together, and in several requests on one connection. */
import { chunksOf, headOf, type RawWebhook, wholeOf } from "./raw.ts";
import { lawful, refused, type Trap, underLength } from "./trap.ts";

const CHUNKED = "Transfer-Encoding: chunked";

/** A hidden request behind the last chunk, which the length counts to the first one's body. */
const hiddenBehindChunks =
  (headersOf: (length: number) => readonly string[]): Trap["bytes"] =>
  (first, hidden) => {
    const body = chunksOf(first.body) + hidden;
    return headOf(first, { headers: headersOf(body.length) }) + body;
  };

/** A hidden request behind the length's end, inside a chunk. */
const hiddenInChunk =
  (headersOf: (length: number) => readonly string[]): Trap["bytes"] =>
  (first, hidden) => {
    const size = (first.body.length + hidden.length).toString(16);
    const counted = `${size}\r\n${first.body}`;
    return `${headOf(first, { headers: headersOf(counted.length) })}${counted}${hidden}\r\n0\r\n\r\n`;
  };

/** A length and a coding together. */
const BOTH: readonly Trap[] = [
  refused(
    "CL.TE",
    "6.3 and 11.2",
    400,
    hiddenBehindChunks((length) => [`Content-Length: ${length}`, CHUNKED]),
  ),
  refused(
    "TE.CL",
    "6.3 and 11.2",
    400,
    hiddenInChunk((length) => [CHUNKED, `Content-Length: ${length}`]),
  ),
  refused(
    "CL.TE in HTTP/1.0",
    "6.1",
    400,
    underLength((length) => [`Content-Length: ${length}`, CHUNKED], "POST /voice/status HTTP/1.0"),
  ),
  ...["xchunked", "\x0bchunked", "identity", "chunked, identity", "", "\rchunked", "chunked\x00"].map((coding) =>
    refused(
      `TE.TE with ${JSON.stringify(coding)}`,
      "6.3 and 11.2",
      400,
      hiddenBehindChunks((length) => [`Content-Length: ${length}`, `Transfer-Encoding: ${coding}`]),
    ),
  ),
  refused(
    "TE.TE with a space before the colon",
    "5.1",
    400,
    hiddenBehindChunks((length) => [`Content-Length: ${length}`, "Transfer-Encoding : chunked"]),
  ),
  refused(
    "TE.TE with a bare line feed",
    "2.2",
    400,
    hiddenBehindChunks((length) => [`Content-Length: ${length}`, "X: y\nTransfer-Encoding: chunked"]),
  ),
  refused(
    "TE.TE with a fold",
    "5.2",
    400,
    hiddenBehindChunks((length) => [`Content-Length: ${length}`, "X: y\r\n Transfer-Encoding: chunked"]),
  ),
];

/** Several requests on one connection. */
const SEQUENCES: readonly Trap[] = [
  { ...lawful("two requests at once", "9.3.2", (first) => wholeOf(first).repeat(2)), statuses: ["204,204"] },
  refused(
    "a request behind the last one",
    "9.6",
    400,
    (first) => wholeOf(first, ["Connection: close"]) + behind(first),
  ),
  {
    ...lawful(
      "an empty line behind the last request",
      "2.2",
      (first) => `${wholeOf(first, ["Connection: close"])}\r\n`,
    ),
    isLast: true,
    isAlone: true,
  },
  {
    ...lawful(
      "a GET with a body",
      "9110 9.3.1",
      (first, hidden) =>
        headOf(first, { line: "GET /voice/status HTTP/1.1", headers: [`Content-Length: ${hidden.length}`] }) + hidden,
    ),
    statuses: ["405"],
    isStored: false,
  },
  {
    ...lawful(
      "an expectation in HTTP/1.0",
      "9110 10.1.1",
      underLength((length) => [`Content-Length: ${length}`, "Expect: 100-continue"], "POST /voice/status HTTP/1.0"),
    ),
    isLast: true,
    isAlone: true,
  },
];

/** A request that nobody has to serve. */
function behind({ target }: RawWebhook): string {
  return `GET ${target} HTTP/1.1\r\nHost: webhook.reri.co\r\n\r\n`;
}

/** Every trap in where a request ends. */
export const END_TRAPS: readonly Trap[] = [...BOTH, ...SEQUENCES];
