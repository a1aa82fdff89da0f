/** Traps in the first line, the headers and the end of a head. */
import { headOf, wholeOf } from "./raw.ts";
import { changed, lawful, refused, type Trap } from "./trap.ts";

const line = (text: string) => changed({ line: text });
const host = (text: string) => changed({ host: text });
/** A version that the handler does not speak. Node may see that something follows before the handler refuses it. */
const unspoken = (name: string, section: string, bytes: Trap["bytes"]): Trap => ({
  ...refused(name, section, 505, bytes),
  statuses: ["505", "400"],
});
const header = (...headers: string[]) => changed({ headers });
/** A whole request, with a part of its text replaced once. */
const replaced =
  (from: string, to: string): Trap["bytes"] =>
  (first) =>
    wholeOf(first).replace(from, to);

/** The first line: versions, spaces, methods and targets. */
const LINES: readonly Trap[] = [
  unspoken("no version", "3 and 2.3", replaced(" HTTP/1.1\r\n", "\r\n")),
  unspoken("no version, and a bare line feed", "2.2", replaced(" HTTP/1.1\r\n", "\n")),
  unspoken("no version, and a kept connection", "2.3", (first) =>
    wholeOf(first, ["Connection: keep-alive"]).replace(" HTTP/1.1", ""),
  ),
  unspoken("HTTP/0.9", "9110 2.5", line("POST /voice/status HTTP/0.9")),
  refused("HTTP/1.2", "9110 2.5", 400, line("POST /voice/status HTTP/1.2")),
  unspoken("HTTP/2.0", "9110 2.5", line("POST /voice/status HTTP/2.0")),
  refused("HTTP/1.10", "2.3", 400, line("POST /voice/status HTTP/1.10")),
  refused("HTTP/01.1", "2.3", 400, line("POST /voice/status HTTP/01.1")),
  refused("http/1.1", "2.3", 400, line("POST /voice/status http/1.1")),
  refused("another protocol", "2.3", 400, line("POST /voice/status RTSP/1.0")),
  refused("the preface of HTTP/2", "9110 2.5", 400, () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  refused("the beginning of TLS", "3", 400, () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
  refused("a bare line feed after the first line", "2.2", 400, replaced("HTTP/1.1\r\n", "HTTP/1.1\n")),
  refused("a bare carriage return after the first line", "2.2", 400, replaced("HTTP/1.1\r\n", "HTTP/1.1\r")),
  refused("a space after the version", "3", 400, line("POST /voice/status HTTP/1.1 ")),
  refused("a tab after the method", "3", 400, line("POST\t/voice/status HTTP/1.1")),
  refused("a space in the target", "3.2", 400, line("POST /voice/sta tus HTTP/1.1")),
  refused("a control character in the target", "3.2", 400, line("POST /voice/sta\x01tus HTTP/1.1")),
  refused("a NUL in the target", "3.2", 400, line("POST /voice/sta\0tus HTTP/1.1")),
  refused("a byte beyond ASCII in the target", "3.2", 400, line("POST /voice/stat\xfcs HTTP/1.1")),
  refused("a method in lower case", "9110 9.1", 400, line("post /voice/status HTTP/1.1")),
  refused("an unknown method", "3.1", 400, line("SMUGGLE /voice/status HTTP/1.1")),
  refused("a target that is too long", "3", 431, line(`POST /voice/status?${"a".repeat(20_000)} HTTP/1.1`)),
  refused("a host as target", "3.2.3", 400, line("POST webhook.reri.co:443 HTTP/1.1")),
  { ...refused("CONNECT", "3.2.3", 0, line("CONNECT webhook.reri.co:443 HTTP/1.1")), statuses: [""], hasRest: true },
  lawful("a whole URL as target", "3.2.2", line("POST http://webhook.reri.co/voice/status HTTP/1.1")),
  lawful("a whole URL of another host", "3.2.2", line("POST https://evil.example:1/voice/status HTTP/1.1")),
  {
    ...lawful("* as target", "3.2.4", () => "OPTIONS * HTTP/1.1\r\nHost: webhook.reri.co\r\n\r\n"),
    statuses: ["404"],
    isStored: false,
  },
  lawful("an empty line before the request", "2.2", (first) => `\r\n${wholeOf(first)}`),
];

/** The header `Host`. */
const HOSTS: readonly Trap[] = [
  refused("no host", "3.2", 400, host("")),
  refused("two hosts", "3.2", 400, header("Host: evil.example")),
  refused("the same host twice", "3.2", 400, header("HOST: webhook.reri.co")),
  refused("a host with a space", "3.2", 400, host("Host: webhook.reri.co evil.example")),
  refused("a host with a path", "3.2", 400, host("Host: webhook.reri.co/voice")),
  refused("a host with a user", "3.2", 400, host("Host: a@webhook.reri.co")),
  refused("two hosts in one header", "3.2", 400, host("Host: webhook.reri.co\r\n evil.example")),
  lawful("an empty host", "3.2", host("Host:")),
];

/** The form of headers, and the end of the head. */
const HEADERS: readonly Trap[] = [
  refused("a folded header", "5.2", 400, header("X-Folded: a\r\n b")),
  refused("a fold before the first header", "2.2", 400, host(" X: y\r\nHost: webhook.reri.co")),
  refused("a space before the colon", "5.1", 400, header("X-Space : a")),
  refused("no colon", "5", 400, header("X-Colon")),
  refused("no name", "5", 400, header(": a")),
  refused("a NUL in a value", "9110 5.5", 400, header("X-Nul: a\0b")),
  refused("a NUL in a name", "5.1", 400, header("X-\0Nul: a")),
  refused("a bare carriage return in a value", "2.2", 400, header("X-Return: a\rb")),
  refused("a bare carriage return that hides a header", "2.2", 400, header("X-Return: a\rTransfer-Encoding: chunked")),
  refused("a bare line feed between headers", "2.2", 400, header("X-Feed: a\nX-More: b")),
  refused("bare line feeds everywhere", "2.2", 400, (first) => wholeOf(first).replaceAll("\r\n", "\n")),
  refused("a bare line feed at the head's end", "2.2", 400, replaced("\r\n\r\n", "\r\n\n")),
  refused("a head that is too large", "9110 5.4", 431, header(`X-Large: ${"a".repeat(20_000)}`)),
  refused("too many headers", "9110 5.4", 431, header(...Array.from({ length: 4_000 }, () => "a: b"))),
  {
    ...lawful("an upgrade to WebSocket", "9110 7.8", header("Connection: Upgrade", "Upgrade: websocket")),
    isLast: true,
  },
  {
    ...lawful(
      "an upgrade to HTTP/2",
      "9110 7.8",
      header("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    ),
    isLast: true,
  },
  { ...refused("an unknown expectation", "9110 10.1.1", 417, header("Expect: something")), isLast: false },
  { ...refused("half a head", "9.5", 400, (first) => headOf(first).slice(0, 80)), isHalfClosed: true },
];

/** Every trap in a head that does not concern its body. */
export const HEAD_TRAPS: readonly Trap[] = [...LINES, ...HOSTS, ...HEADERS];
