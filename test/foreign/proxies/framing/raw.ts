/** Requests that are written byte by byte. */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestRequest } from "../../../../handlers/testing/manifest.ts";

/** The answers that came back on a connection. */
export interface RawAnswers {
  /** The statuses in their order, without interim ones. */
  readonly statuses: readonly number[];
  /** All that came back. */
  readonly text: string;
  /** Whether the other side ended the connection. */
  readonly hasEnded: boolean;
}

/** A limit of time for an exchange. */
export interface Patience {
  /** The longest time, in milliseconds. */
  readonly totalMs: number;
  /** The longest silence after the last byte of an answer, in milliseconds. Default: as long as the whole time. */
  readonly silenceMs?: number;
  /** Ends this side once everything is written. Default: no. */
  readonly isHalfClosed?: boolean;
}

/** The time between two looks at an exchange, in milliseconds. */
const LOOK_MS = 20;

/** Writes bytes, given in Latin-1, on a connection of their own, and reads until the other side ends it or the time is up. */
export async function exchange(port: number, bytes: string, patience: Patience): Promise<RawAnswers> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await once(socket, "connect");
  let text = "";
  let hasEnded = false;
  let heardAt = Date.now();
  const end = () => {
    hasEnded = true;
  };
  socket
    .on("data", (piece: Buffer) => {
      text += piece.toString("latin1");
      heardAt = Date.now();
    })
    .on("error", end)
    .on("end", end);
  socket.write(bytes, "latin1");
  if (patience.isHalfClosed) socket.end();
  const until = Date.now() + patience.totalMs;
  const isSilent = () => text !== "" && Date.now() - heardAt > (patience.silenceMs ?? patience.totalMs);
  while (!hasEnded && Date.now() < until && !isSilent()) await sleep(LOOK_MS);
  socket.destroy();
  return { statuses: statusesOf(text), text, hasEnded };
}

function statusesOf(text: string): number[] {
  return [...text.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)]
    .map(([, status]) => Number(status))
    .filter((status) => status >= 200);
}

/** A genuine webhook as it is written by hand. */
export interface RawWebhook {
  readonly target: string;
  readonly signature: string;
  readonly body: string;
  /** It stands in the row that is stored for the webhook, and in no other. */
  readonly sid: string;
}

/** A webhook of a call, for the wire. */
export function rawWebhook({ target, headers, body = "" }: TestRequest): RawWebhook {
  const sid = new URLSearchParams(body).get("CallSid");
  if (sid === null) throw new Error("expected the webhook of a call");
  return { target, signature: headers["x-twilio-signature"] ?? "", body, sid };
}

/** Parts of a head that a case changes. */
export interface HeadChanges {
  /** Default: a POST to the webhook's target over HTTP/1.1. */
  readonly line?: string;
  /** The line with the host. Default: the hub's. */
  readonly host?: string;
  /** More headers, which come last. */
  readonly headers?: readonly string[];
}

/** A head, with the empty line after it. */
export function headOf({ target, signature }: RawWebhook, { line, host, headers = [] }: HeadChanges = {}): string {
  const lines = [
    line ?? `POST ${target} HTTP/1.1`,
    ...(host === "" ? [] : [host ?? "Host: webhook.reri.co"]),
    "Content-Type: application/x-www-form-urlencoded",
    `X-Twilio-Signature: ${signature}`,
    ...headers,
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A whole request that nothing is wrong with. */
export function wholeOf(webhook: RawWebhook, headers: readonly string[] = []): string {
  return headOf(webhook, { headers: [`Content-Length: ${webhook.body.length}`, ...headers] }) + webhook.body;
}

/** A body as one chunk and the last chunk. */
export function chunksOf(body: string): string {
  return `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}
