/** Requests of somebody who cannot sign, made to cost the handler as much as possible. */
import { URLS } from "../account.ts";

/** A request that an attacker repeats over each of its connections. */
export interface Attack {
  readonly name: string;
  readonly connections: number;
  /** The whole request. */
  readonly request: Buffer;
  /** The pace of each connection; absent for as fast as the handler takes it. */
  readonly pace?: { readonly bytes: number; readonly everyMs: number };
}

const BODY_BYTES = 64 * 1024;
/** 200 connections at this pace send 32 Mbit/s together. */
const FLOOD = { bytes: 2_000, everyMs: 100 };

/** A header with the shape of a signature. No token signs so: the HMAC would be all zeros. */
const FORGED = "X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/** 13,000 names without values, in 64 KiB. */
const NAMES = Array.from({ length: 13_000 }, (_, index) => index.toString(36).padStart(4, "n"))
  .join("&")
  .slice(0, BODY_BYTES);
const ONE_BYTE_CHUNKS = `${"1\r\nx\r\n".repeat(BODY_BYTES - 1)}0\r\n\r\n`;

const declared = `Content-Length: ${NAMES.length}`;
const CHUNKED = "Transfer-Encoding: chunked";

/** The attacks, each with a request that the head alone gives away and one with a signature of the right shape. */
export const ATTACKS: readonly Attack[] = [
  { name: "names, unsigned", connections: 200, request: request([declared], NAMES), pace: FLOOD },
  {
    name: "names, forged",
    connections: 200,
    request: request([declared, FORGED], NAMES),
    pace: FLOOD,
  },
  { name: "chunks, unsigned", connections: 60, request: request([CHUNKED], ONE_BYTE_CHUNKS) },
  { name: "chunks, forged", connections: 60, request: request([CHUNKED, FORGED], ONE_BYTE_CHUNKS) },
  {
    name: "slow, forged",
    connections: 200,
    request: request([declared, FORGED], NAMES),
    pace: { bytes: 1, everyMs: 1_000 },
  },
];

function request(headers: readonly string[], body: string): Buffer {
  const { host, pathname } = new URL(URLS.voiceUrl);
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    "Content-Type: application/x-www-form-urlencoded",
    ...headers,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`, "latin1");
}
