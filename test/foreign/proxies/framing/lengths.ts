/** Traps in `Content-Length` and `Transfer-Encoding`. */
import { chunksOf, headOf, wholeOf } from "./raw.ts";
import { lawful, refused, type Trap, underLength } from "./trap.ts";

const CHUNKED = "Transfer-Encoding: chunked";

/** A body in chunks, under headers about it. */
const inChunks =
  (headers: readonly string[], line?: string): Trap["bytes"] =>
  (first) =>
    headOf(first, { headers, ...(line && { line }) }) + chunksOf(first.body);

const LENGTHS: readonly Trap[] = [
  refused("two lengths that differ", "6.3", 400, (first, hidden) => {
    const headers = [`Content-Length: ${first.body.length}`, `Content-Length: ${first.body.length + hidden.length}`];
    return headOf(first, { headers }) + first.body + hidden;
  }),
  refused(
    "the same length twice",
    "6.3",
    400,
    underLength((length) => [`Content-Length: ${length}`, `Content-Length: ${length}`]),
  ),
  refused(
    "a list of equal lengths",
    "6.3",
    400,
    underLength((length) => [`Content-Length: ${length}, ${length}`]),
  ),
  ...(["+%", "-1", "-%", "0x%", "%.0", "% 0", "%,", "\x0b%", "99999999999999999999999", ""] as const).map((form) =>
    refused(
      `the length ${JSON.stringify(form)}`,
      "9110 8.6",
      400,
      underLength((length) => [`Content-Length: ${form.replace("%", String(length))}`]),
    ),
  ),
  refused(
    "a space before the colon of the length",
    "5.1",
    400,
    underLength((length) => [`Content-Length : ${length}`]),
  ),
  {
    ...refused(
      "a length that is too short",
      "6.3",
      400,
      underLength((length) => [`Content-Length: ${length - 5}`]),
    ),
    hasRest: true,
  },
  {
    ...refused(
      "no length",
      "6.3",
      400,
      underLength(() => []),
    ),
    hasRest: true,
  },
  {
    ...refused(
      "a body that ends early",
      "8",
      400,
      underLength((length) => [`Content-Length: ${length + 50}`]),
    ),
    isHalfClosed: true,
  },
  lawful(
    "a length with zeros before it",
    "9110 8.6",
    underLength((length) => [`Content-Length: 000${length}`]),
  ),
];

const CODINGS: readonly Trap[] = [
  ...[
    "xchunked",
    "chunked-",
    "identity",
    "chunked, identity",
    "chunked, chunked",
    '"chunked"',
    "\x0bchunked",
    "chunked;q=1",
    "chunked x",
    "",
    "\r\n chunked",
  ].map((coding) =>
    refused(`the coding ${JSON.stringify(coding)}`, "6.1 and 6.3", 400, inChunks([`Transfer-Encoding: ${coding}`])),
  ),
  ...["gzip, chunked", "x, chunked", ",chunked", "identity, chunked"].map((coding) =>
    refused(`the coding ${JSON.stringify(coding)}`, "6.1", 501, inChunks([`Transfer-Encoding: ${coding}`])),
  ),
  refused("chunked twice", "6.1", 400, inChunks([CHUNKED, CHUNKED])),
  refused("chunked, and then another coding", "6.1", 400, inChunks([CHUNKED, "Transfer-Encoding: x"])),
  refused("another coding, and then chunked", "6.1", 501, inChunks(["Transfer-Encoding: x", CHUNKED])),
  refused("a space before the colon of the coding", "5.1", 400, inChunks(["Transfer-Encoding : chunked"])),
  refused(
    "a coding in HTTP/1.0",
    "6.1",
    400,
    inChunks([CHUNKED, "Connection: keep-alive"], "POST /voice/status HTTP/1.0"),
  ),
  lawful("the coding in capitals", "7", inChunks(["TRANSFER-ENCODING:\tCHUNKED"])),
  lawful("Connection: Transfer-Encoding", "9110 7.6.1", inChunks([CHUNKED, "Connection: Transfer-Encoding"])),
  lawful("Connection: Content-Length", "9110 7.6.1", (first) => wholeOf(first, ["Connection: Content-Length"])),
  lawful("a name that looks like the coding's", "5.1", (first) => wholeOf(first, ["Transfer_Encoding: chunked"])),
];

/** Every trap in how long a body is. */
export const LENGTH_TRAPS: readonly Trap[] = [...LENGTHS, ...CODINGS];
