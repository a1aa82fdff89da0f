/**
 * Go's `net` and `net/url` as judges of what the loopback and the hub read. cloudflared reads services, hosts and paths with them
 * (https://github.com/cloudflare/cloudflared/blob/2026.8.2/ingress/ingress.go).
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isIngressService } from "../../../hub/values/ingress-service.ts";
import { withoutPort } from "../../../loopback/cloudflare/host-names.ts";
import { serviceProblem } from "../../../loopback/cloudflare/service-check.ts";
import { readPath } from "../../../loopback/hosts/request-path.ts";
import { sized } from "../../support/test-form.ts";
import { lacking, settle } from "../verdict.ts";
import { type Answer, askGo, HAS_GO, type Question } from "./go.ts";
import { host, hostname, path, service } from "./rules.ts";

/** A question to Go, and the name of the difference between its answer and ours; undefined if both agree. */
interface Case {
  readonly question: Question;
  difference(go: Answer): string | undefined;
}

const base64 = (latin1: string) => Buffer.from(latin1, "latin1").toString("base64");

const hostCase = (text: string): Case => ({
  question: { Host: text },
  difference: ({ error, hostname: name = "" }) =>
    withoutPort(text) === (error === undefined ? name : undefined) ? undefined : `host ${text}`,
});

const pathCase = (text: string): Case => ({
  question: { Target: base64(text) },
  difference({ error, path: decoded = "", forwarded }) {
    const found = readPath(text);
    const ours = found && { path: Buffer.from(found.bytes).toString("base64"), forwarded: found.forwarded };
    const theirs = error === undefined ? { path: decoded, forwarded } : undefined;
    return JSON.stringify(ours) === JSON.stringify(theirs) ? undefined : `path ${JSON.stringify(text)}`;
  },
});

const serviceCase = (text: string): Case => ({
  question: text.startsWith("http_status:") ? { Status: text.slice("http_status:".length) } : { Service: text },
  difference(go) {
    const isAccepted = isService(text, go);
    if ((serviceProblem(text) === undefined) !== isAccepted) return `loopback: ${JSON.stringify(text)}`;
    if (isIngressService(text) === isAccepted) return undefined;
    return isAccepted ? `hub: refuses ${kindOf(text)}` : `hub: accepts ${JSON.stringify(text)}`;
  },
});

/** cloudflared's own rule over what Go read. */
function isService(text: string, { error, scheme, hostname: name, path: itsPath, number = 0 }: Answer): boolean {
  if (/^unix(\+tls)?:|^(hello[_-]world|bastion|socks-proxy)$/.test(text)) return true;
  if (error !== undefined) return false;
  if (text.startsWith("http_status:")) return number >= 100 && number <= 999;
  return scheme !== undefined && name !== undefined && itsPath === undefined;
}

/** The kind of a service that the hub refuses. */
function kindOf(text: string): string {
  if (/^unix/i.test(text)) return "a socket without a path, or one whose scheme is written otherwise";
  if (/^http_status:/.test(text)) return "a status that is not written with three digits";
  if (/^[^?#]*@/.test(text)) return "a service with a user";
  if (/[?#].*@/.test(text)) return "a service with an at sign in its query or fragment";
  if (/[?#].*\s/s.test(text)) return "a service with a blank in its query or fragment";
  return JSON.stringify(text);
}

const socksIsChecked = (text: string) => text !== "socks-proxy";

function differencesOf(cases: readonly Case[]): string[] {
  const answers = askGo(cases.map(({ question }) => question));
  return cases.flatMap(({ difference }, index) => difference(answers[index] ?? {}) ?? []);
}

test.skipIf(!HAS_GO)(`services, hosts and paths are read as Go reads them${lacking("Go 1.26", HAS_GO)}`, () => {
  const count = sized(2_000, 40_000);
  const cases = [
    ...["unix:", "http_status:+404", "http://u@localhost", "http://localhost?@", "http://localhost#a b"].map(
      serviceCase,
    ),
    ...fc.sample(service.filter(socksIsChecked), count).map(serviceCase),
    ...fc.sample(fc.oneof(host, hostname), count).map(hostCase),
    ...fc.sample(path, count).map(pathCase),
  ];
  settle("Go's net/url", { tried: cases.length, differing: differencesOf(cases) });
});

test.skipIf(!HAS_GO)(`a text that is read otherwise than by Go is found${lacking("Go 1.26", HAS_GO)}`, () => {
  expect(differencesOf([serviceCase("http://localhost:1"), hostCase("a:1"), pathCase("/%41")])).toEqual([]);
  expect(serviceCase("http://localhost").difference({ error: "refused" })).toBe('loopback: "http://localhost"');
  expect(
    serviceCase("http://localhost").difference({ scheme: "http", hostname: "localhost", path: "Lw==" }),
  ).toBeDefined();
  expect(hostCase("a:1").difference({ error: "missing port" })).toBe("host a:1");
  expect(pathCase("/%41").difference({ path: base64("/B"), forwarded: "/%41" })).toBe('path "/%41"');
  expect(pathCase("/%41").difference({ path: base64("/A"), forwarded: "/A" })).toBe('path "/%41"');
});
