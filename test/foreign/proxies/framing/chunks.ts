/** Traps in the chunks of a body, and behind them. */
import { headOf } from "./raw.ts";
import { lawful, refused, type Trap } from "./trap.ts";

/** A body in chunks: the text with `<size>` and `<body>` filled in, and with a hidden request at `<hidden>`. */
const chunked =
  (text: string): Trap["bytes"] =>
  (first, hidden) =>
    headOf(first, { headers: ["Transfer-Encoding: chunked"] }) +
    text
      .replace("<size>", first.body.length.toString(16))
      .replace("<body>", first.body)
      .replace("<hidden-size>", hidden.length.toString(16))
      .replace("<hidden>", hidden);

const whole = (size: string) => chunked(`${size}\r\n<body>\r\n0\r\n\r\n`);

/** Every trap in chunks. */
export const CHUNK_TRAPS: readonly Trap[] = [
  lawful("an extension", "7.1.1", whole("<size>;a=b")),
  lawful("a quoted extension", "7.1.1", whole('<size>;a="b c"')),
  lawful("zeros before a size", "7.1", whole("0000000000000000000<size>")),
  refused("a bare line feed in an extension", "7.1.1", 400, whole("<size>;a\nb")),
  refused(
    "a bare line feed in an extension, which hides a request",
    "7.1.1",
    400,
    chunked("<size>;\n<body>\r\n<hidden-size>\r\n0\r\n\r\n<hidden>\r\n0\r\n\r\n"),
  ),
  refused("a bare carriage return in an extension", "7.1.1", 400, whole("<size>;a\rb")),
  refused("an extension without a name", "7.1.1", 400, whole("<size>;;;")),
  refused("a space before an extension", "7.1.1", 400, whole("<size> ;a")),
  refused("a space after a size", "7.1", 400, whole("<size> ")),
  refused("an extension that is too long", "7.1.1", 413, whole(`<size>;a=${"b".repeat(20_000)}`)),
  refused("a size beyond 64 bits", "7.1", 400, whole("10000000000000005")),
  refused("a size of 64 bits", "7.1", 408, whole("ffffffffffffffff")),
  refused("a size with 0x", "7.1", 400, whole("0x<size>")),
  refused("a size with a plus", "7.1", 400, whole("+<size>")),
  refused("a size with a minus", "7.1", 400, whole("-1")),
  refused("a size with an underscore", "7.1", 400, whole("0_<size>")),
  refused("no size", "7.1", 400, whole("")),
  refused("a bare line feed after a size", "7.1", 400, chunked("<size>\n<body>\r\n0\r\n\r\n")),
  refused("a bare line feed after the data", "7.1", 400, chunked("<size>\r\n<body>\n0\r\n\r\n")),
  refused("a bare line feed after the last chunk", "7.1", 400, chunked("<size>\r\n<body>\r\n0\n\n")),
  refused("nothing after the data", "7.1", 400, chunked("<size>\r\n<body>0\r\n\r\n")),
  refused("more data than the size", "7.1", 400, chunked("<size>\r\n<body>XX\r\n0\r\n\r\n")),
  refused("a request in place of the data's end", "7.1", 400, chunked("<size>\r\n<body><hidden>\r\n0\r\n\r\n")),
  { ...refused("chunks without an end", "8", 400, chunked("<size>\r\n<body>\r\n")), isHalfClosed: true },
  lawful("a trailer", "7.1.2", chunked("<size>\r\n<body>\r\n0\r\nX-Trailer: a\r\n\r\n")),
  refused("a length as trailer", "7.1.2", 400, chunked("<size>\r\n<body>\r\n0\r\nContent-Length: 5\r\n\r\n")),
  refused("a coding as trailer", "7.1.2", 400, chunked("<size>\r\n<body>\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n")),
  refused("a trailer with a space in its name", "5.1", 400, chunked("<size>\r\n<body>\r\n0\r\nX Trailer: a\r\n\r\n")),
  refused("a bare line feed after a trailer", "2.2", 400, chunked("<size>\r\n<body>\r\n0\r\nX-Trailer: a\n\n")),
];
