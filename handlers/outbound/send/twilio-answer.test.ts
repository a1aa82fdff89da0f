import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { freePort } from "../../../tools/cli/free-port.ts";
import { createOutcome } from "./twilio-answer.ts";

const SID = /^CA[0-9a-f]{32}$/;
const outcomeOf = (send: () => Promise<Response>) => createOutcome(send, SID);
const failing = (cause: unknown) => outcomeOf(() => Promise.reject(new TypeError("fetch failed", { cause })));
const system = (code: string, syscall: string) => Object.assign(new Error(), { code, syscall });

describe("a create never left", () => {
  it("where nobody listens", async () => {
    const port = await freePort();
    expect(await outcomeOf(() => fetch(`http://127.0.0.1:${port}`))).toMatchObject({ kind: "unsent" });
    // Both addresses of the name are tried.
    expect(await outcomeOf(() => fetch(`http://localhost:${port}`))).toMatchObject({ kind: "unsent" });
  });

  it.each([
    ["a name without an address", system("ENOTFOUND", "getaddrinfo")],
    ["no way to a network", system("ENETUNREACH", "connect")],
    [
      "addresses that all refuse",
      new AggregateError([system("ECONNREFUSED", "connect"), system("ETIMEDOUT", "connect")]),
    ],
    ["a connection that does not come about in time", Object.assign(new Error(), { code: "UND_ERR_CONNECT_TIMEOUT" })],
  ])("with %s", async (_what, cause) => {
    expect(await failing(cause)).toMatchObject({ kind: "unsent" });
  });
});

describe("nobody knows of a create", () => {
  it("whose connection is cut", async () => {
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
    ["a host that became unreachable under it", system("EHOSTUNREACH", "read")],
    ["a reset", system("ECONNRESET", "write")],
    ["a code alone", Object.assign(new Error(), { code: "ECONNREFUSED" })],
    ["several failures, one of them later", new AggregateError([system("ECONNREFUSED", "connect"), new Error()])],
    ["no failure at all", new AggregateError([])],
  ])("with %s", async (_what, cause) => {
    expect(await failing(cause)).toMatchObject({ kind: "unknown" });
  });
});
