import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { Counter, Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type AdminServer, type AdminSettings, startAdminServer } from "./admin-server.ts";
import type { Readiness } from "./readiness.ts";

const READY: Readiness = { ready: true, database: "up", spool: "empty", spooled: 0, stopping: false };
const NOT_FOUND = async () => ({ status: 404 });
const NEVER = new Promise<never>(() => undefined);

let server: AdminServer | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await server?.close();
});

async function start(settings: Partial<AdminSettings> = {}): Promise<AdminServer> {
  server = await startAdminServer({
    port: 0,
    readiness: async () => READY,
    registry: new Registry(),
    outbound: NOT_FOUND,
    ...settings,
  });
  return server;
}

async function ask({ port }: AdminServer, path: string, method = "GET", host = `127.0.0.1:${port}`, headers = {}) {
  const outgoing = request({ host: "127.0.0.1", port, path, method, headers: { host, ...headers }, agent: false });
  const answered = once(outgoing, "response");
  outgoing.end();
  const [incoming] = await answered;
  return { status: incoming.statusCode, headers: incoming.headers, body: await text(incoming) };
}

describe("the admin server", () => {
  it("reports that the process runs, even if it is not ready", async () => {
    const admin = await start({ readiness: () => Promise.reject(new Error("hidden")) });
    expect(await ask(admin, "/healthz")).toMatchObject({
      status: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: '{"status":"ok"}',
    });
  });

  it("shows the readiness, with 200 or 503", async () => {
    const away: Readiness = { ready: true, database: "down", spool: "waiting", spooled: 3, stopping: false };
    const stopping: Readiness = { ...READY, ready: false, stopping: true };
    const states = [READY, away, stopping];
    const admin = await start({ readiness: async () => states.shift() ?? READY });
    for (const expected of [READY, away, stopping]) {
      const { status, body } = await ask(admin, "/readyz?verbose");
      expect({ status, body: JSON.parse(body) }).toEqual({ status: expected.ready ? 200 : 503, body: expected });
    }
  });

  it("shows the registry's metrics", async () => {
    const registry = new Registry();
    new Counter({ name: "test_total", help: "A test", registers: [registry] }).inc(2);
    const { status, headers, body } = await ask(await start({ registry }), "/metrics");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe(registry.contentType);
    expect(body).toContain("\ntest_total 2\n");
  });

  it.each(["/healthz", "/readyz", "/metrics"])("answers HEAD of %s without a body", async (path) => {
    const admin = await start();
    const [get, head] = [await ask(admin, path), await ask(admin, path, "HEAD")];
    expect(head).toMatchObject({ status: 200, body: "" });
    expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS"])("answers %s with 405 and the allowed methods", async (method) => {
    const { status, headers, body } = await ask(await start(), "/readyz", method);
    expect({ status, allow: headers.allow, body }).toEqual({ status: 405, allow: "GET, HEAD", body: "" });
  });

  it.each(["/", "/healthz/", "/metrics2", "//healthz", "/voice/webhook"])("does not know %s", async (path) => {
    expect(await ask(await start(), path)).toMatchObject({ status: 404, body: "" });
  });

  it("answers an error without its message", async () => {
    const logged = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const fail = () => Promise.reject(new Error("hidden"));
    const admin = await start({
      readiness: fail,
      registry: { metrics: fail, contentType: Registry.PROMETHEUS_CONTENT_TYPE },
    });
    for (const path of ["/readyz", "/metrics"]) expect(await ask(admin, path)).toMatchObject({ status: 500, body: "" });
    expect((await ask(admin, "/healthz")).status).toBe(200);
    expect(logged).toHaveBeenCalledTimes(2);
    expect(String(logged.mock.calls)).not.toContain("hidden");
  });

  it.each(["localhost", "LOCALHOST:9", "127.0.0.1", "[::1]:18798"])("answers to the name %s", async (host) => {
    expect((await ask(await start(), "/healthz", "GET", host)).status).toBe(200);
  });

  it.each(["webhook.reri.co", "127.0.0.1.example", "example:18798", "localhost.example", "0.0.0.0"])(
    "does not answer to the name %s",
    async (host) => expect(await ask(await start(), "/metrics", "GET", host)).toMatchObject({ status: 403, body: "" }),
  );

  it("takes neither the first of two names, nor a malformed one, nor a version other than HTTP/1.0 and 1.1", async () => {
    const { port } = await start();
    const asked = async (head: string) => {
      const socket = connect(port, "127.0.0.1");
      socket.write(`${head}\r\n\r\n`);
      return (await text(socket)).slice(0, 12);
    };
    expect(await asked("GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: rebound.example")).toBe("HTTP/1.1 400");
    expect(await asked("GET /healthz HTTP/1.1\r\nhost: a@localhost")).toBe("HTTP/1.1 400");
    expect(await asked("GET /healthz\nhost: localhost")).toBe("HTTP/1.1 505");
  });

  it("hands on requests below /outbound, and their answers", async () => {
    const seen: unknown[] = [];
    const admin = await start({
      outbound: async ({ method, path, headers, readBody }) => {
        seen.push([method, path, headers["x-asked"], String(await readBody(10))]);
        return { status: 202, headers: { location: "/there" }, body: "taken" };
      },
    });
    const posted = await ask(admin, "/outbound/calls?x=1", "POST", "localhost", { "x-asked": "yes" });
    expect(posted).toMatchObject({ status: 202, headers: { location: "/there", connection: "close" }, body: "taken" });
    expect(await ask(admin, "/outbound/calls/1", "HEAD")).toMatchObject({ status: 202, body: "" });
    expect(seen).toEqual([
      ["POST", "/outbound/calls", "yes", ""],
      ["HEAD", "/outbound/calls/1", undefined, ""],
    ]);
  });

  it.each([
    ["does not come", "content-length: 20", "", "slow"],
    ["comes in thousands of chunks of one byte", "transfer-encoding: chunked", "1\r\nx\r\n".repeat(10_000), "long"],
    ["is longer than the page reads", "transfer-encoding: chunked", `4e20\r\n${"x".repeat(20_000)}\r\n`, "long"],
  ])("tells a page that a body %s", async (_what, length, body, problem) => {
    const { port } = await start({
      outbound: async ({ readBody }) => ({ status: 400, body: String(await readBody(16 * 1024)) }),
    });
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    socket.write(`POST /outbound/calls HTTP/1.1\r\nhost: localhost\r\n${length}\r\n\r\n${body}`);
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(new RegExp(`\r\n\r\n${problem}$`));
    socket.destroy();
  });

  it("answers a request with a body that no page reads, and ends its connection", async () => {
    const { port } = await start();
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 20000\r\n\r\nx");
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK\r\n(.*\r\n)*connection: close\r\n/i);
  });

  it("refuses web pages below /outbound, under any name", async () => {
    const outbound = vi.fn(NOT_FOUND);
    const admin = await start({ outbound });
    const asked = [
      await ask(admin, "/outbound/calls", "POST", "rebound.example"),
      await ask(admin, "/outbound/calls", "POST", "localhost", { origin: "http://localhost" }),
      await ask(admin, "/outbound/calls", "POST", "localhost", { origin: "null" }),
      await ask(admin, "/outbound/calls/1", "GET", "localhost", { origin: "https://page.example" }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(outbound).not.toHaveBeenCalled();
  });

  it("names the config key if the port is in use", async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port} (hub:handler.adminPort): the port is in use`,
    );
  });

  it("closes at once, even twice, and waits for no client", async () => {
    const asked = Promise.withResolvers<void>();
    const admin = await start({
      readiness: () => {
        asked.resolve();
        return NEVER;
      },
    });
    const cut = ask(admin, "/readyz").catch((error: unknown) => error);
    await asked.promise;
    await admin.close();
    await admin.close();
    expect(await cut).toMatchObject({ code: "ECONNRESET" });
    await expect(ask(admin, "/healthz")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
