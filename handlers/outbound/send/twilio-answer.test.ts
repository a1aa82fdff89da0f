import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePort } from "../../../tools/cli/free-port.ts";
import { createOutcome } from "./twilio-answer.ts";

const SID = /^CA[0-9a-f]{32}$/;
const outcomeOf = (send: () => Promise<Response>) => createOutcome(send, SID);
const failing = (cause: unknown) => outcomeOf(() => Promise.reject(new TypeError("fetch failed", { cause })));
const system = (code: string, syscall: string) => Object.assign(new Error(), { code, syscall });

describe("a create is unsent", () => {
  it("if nothing listens", async () => {
    const port = await freePort();
    expect(await outcomeOf(() => fetch(`http://127.0.0.1:${port}`))).toMatchObject({ kind: "unsent" });
    // Node tries both addresses of the name.
    expect(await outcomeOf(() => fetch(`http://localhost:${port}`))).toMatchObject({ kind: "unsent" });
  });

  it.each([
    ["a name without an address", system("ENOTFOUND", "getaddrinfo")],
    ["an unreachable network", system("ENETUNREACH", "connect")],
    [
      "addresses that all refuse",
      new AggregateError([system("ECONNREFUSED", "connect"), system("ETIMEDOUT", "connect")]),
    ],
    ["a connection that does not open in time", Object.assign(new Error(), { code: "UND_ERR_CONNECT_TIMEOUT" })],
  ])("with %s", async (_what, cause) => {
    expect(await failing(cause)).toMatchObject({ kind: "unsent" });
  });
});

describe("the reason of a create that failed", () => {
  const REFLECTED = "Authorization: Basic c2VjcmV0";

  it.each([
    ["a gateway's page", 502, `bad gateway; ${REFLECTED}`, "HTTP 502"],
    ["JSON without Twilio's code", 400, JSON.stringify({ message: REFLECTED }), "HTTP 400"],
    [
      "Twilio's error",
      400,
      JSON.stringify({ code: 21610, message: REFLECTED }),
      "HTTP 400, https://www.twilio.com/docs/api/errors/21610",
    ],
  ])("repeats nothing of %s except Twilio's code", async (_what, status, body, reason) => {
    expect(await outcomeOf(async () => new Response(body, { status }))).toMatchObject({ reason });
  });
});

describe("a create has an unknown outcome", () => {
  it("if its connection is cut", async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    expect(await outcomeOf(() => fetch(`http://127.0.0.1:${port}`, { method: "POST" }))).toMatchObject({
      kind: "unknown",
    });
    await new Promise((closed) => server.close(closed));
  });

  it.each([
    ["a host that became unreachable during the request", system("EHOSTUNREACH", "read")],
    ["a reset", system("ECONNRESET", "write")],
    ["a code alone", Object.assign(new Error(), { code: "ECONNREFUSED" })],
    [
      "several failures, one of them after the connection opened",
      new AggregateError([system("ECONNREFUSED", "connect"), new Error()]),
    ],
    ["no failure at all", new AggregateError([])],
  ])("with %s", async (_what, cause) => {
    expect(await failing(cause)).toMatchObject({ kind: "unknown" });
  });
});
