/** Requests that curl sends, in each form that HTTP gives them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Front } from "./fronts/fronts.ts";
import { programPath } from "./fronts/program.ts";

/** The path of curl; undefined if the machine lacks it. */
export const CURL = programPath("curl");

/** A request as curl is told. */
export interface CurlRequest {
  readonly target: string;
  readonly method: string;
  /** Names and values. A name may stand twice. An empty value takes away a header that curl adds. */
  readonly headers: readonly (readonly [string, string])[];
  /** Undefined for a request without a body, which then has no length either. */
  readonly body: string | undefined;
  /** The time between the two halves of the body, in milliseconds. Default: none. */
  readonly pauseMs?: number;
}

/** An answer: what a client acts on. */
export interface CurlAnswer {
  /** Undefined if there was none. */
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly allow: string | undefined;
  readonly body: string;
  /** The number of connections that curl made for it. */
  readonly connections: number;
}

/** A form in which HTTP carries a request. */
export interface Way {
  readonly name: string;
  readonly args: readonly string[];
  /** It says something about a body, and nothing about a request without one. */
  readonly needsBody: boolean;
  /** The proxy speaks it, and the handler does not. */
  readonly isH2: boolean;
}

/** Each form that curl speaks. */
export const WAYS: readonly Way[] = [
  { name: "HTTP/1.1", args: ["--http1.1"], needsBody: false, isH2: false },
  { name: "HTTP/1.0", args: ["--http1.0"], needsBody: false, isH2: false },
  { name: "chunked", args: ["--http1.1", "-H", "Transfer-Encoding: chunked"], needsBody: true, isH2: false },
  { name: "100-continue", args: ["--http1.1", "-H", "Expect: 100-continue"], needsBody: true, isH2: false },
  { name: "HTTP/2", args: ["--http2-prior-knowledge"], needsBody: false, isH2: true },
];

/** The port that takes a form; undefined if the front does not speak it. */
export function portOf(front: Front, way: Way): number | undefined {
  return way.isH2 ? front.h2Port : front.port;
}

/** Printed after each answer. */
const END = "--- end of an answer, connections: ";
const ANSWER = new RegExp(`(.*?)\n${END}(\\d+)\n`, "gs");

/** The longest time for an answer, in seconds. */
const PATIENCE_S = 30;

const COMMON = ["-sS", "-i", "--path-as-is", "--globoff", "--max-time", String(PATIENCE_S)];

/** Sends requests one after the other, over one connection if the other side keeps it. Only a single one may pause. */
export async function curl(
  port: number,
  way: Pick<Way, "args">,
  requests: readonly CurlRequest[],
): Promise<CurlAnswer[]> {
  const args = requests.flatMap((request, index) => [
    ...(index === 0 ? [] : ["--next"]),
    ...COMMON,
    ...["-w", `\n${END}%{num_connects}\n`],
    ...way.args,
    ...argsOf(request),
    `http://127.0.0.1:${port}${request.target}`,
  ]);
  const child = spawn(CURL ?? "curl", ["-q", ...args], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(child, "close");
  const [said] = await Promise.all([text(child.stdout), feed(child.stdin, requests), ended]);
  return [...said.matchAll(ANSWER)].map(([, answer = "", connections]) => parse(answer, Number(connections)));
}

function argsOf({ method, headers, body, pauseMs }: CurlRequest): string[] {
  const lines = headers.flatMap(([name, value]) => ["-H", value === "" ? `${name}:` : `${name}: ${value}`]);
  const verb = method === "HEAD" ? ["--head"] : ["-X", method];
  if (body === undefined) return [...verb, ...lines];
  return [...verb, ...lines, ...(pauseMs === undefined ? ["--data-binary", body] : ["-T", "-"])];
}

/** Writes the body of a request that pauses. It ends early if curl does. */
async function feed(input: Writable, requests: readonly CurlRequest[]): Promise<void> {
  input.on("error", () => undefined);
  for (const { body = "", pauseMs } of requests) {
    if (pauseMs === undefined) continue;
    const half = Math.floor(body.length / 2);
    input.write(body.slice(0, half));
    await sleep(pauseMs);
    input.write(body.slice(half));
  }
  input.end();
}

/** Reads the final answer: interim ones, like `100 Continue`, come before it. */
function parse(answer: string, connections: number): CurlAnswer {
  const rest = answer.replace(/^(HTTP\/[\d.]+ 1\d\d[\s\S]*?\r\n\r\n)*/, "");
  const at = rest.indexOf("\r\n\r\n");
  const [first = "", ...lines] = rest.slice(0, at).split("\r\n");
  const header = (name: string) =>
    lines.find((line) => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2);
  const status = /^HTTP\/[\d.]+ (\d+)/.exec(first)?.[1];
  return {
    status: status === undefined ? undefined : Number(status),
    type: header("content-type"),
    allow: header("allow"),
    body: rest.slice(at + 4),
    connections,
  };
}
