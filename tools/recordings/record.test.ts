import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stackFile } from "../stack/stack-config.ts";
import { formatFixture, parseFixture, type RecordedCall } from "./fixture.ts";
import { MADE_UP } from "./made-up.ts";
import { readLog } from "./read-log.ts";
import { recordCalls } from "./record.ts";

const FOLDER = join(import.meta.dirname, "../../test/fixtures/recordings");
const known = readFileSync(stackFile("loopback"), "utf8");
const fixtures = readdirSync(FOLDER).filter((name) => /^\d.*\.json$/.test(name));

const ACCOUNT = "AC0123456789abcdef0123456789abcdef";
const NUMBER = "PN0123456789abcdef0123456789abcdef";
const TOKEN = "T".repeat(40);

function entry(method: string, request: object, answer: object = { response: {} }): string {
  return JSON.stringify({ method: `/pulumirpc.${method}`, request, ...answer, progress: "response_completed" });
}

const configure = entry("ResourceProvider/Configure", {
  ...{ id: "6a3f0d2e-0000-4000-8000-000000000001", urn: "urn:twilio", sendsOldInputs: true },
  args: { username: ACCOUNT, password: "a-password", baseUrl: "http://127.0.0.1:41234/client/v4" },
});

const record = (log: string, options = {}) => recordCalls(readLog(log), { known, ...options });
const only = (log: string, options = {}): RecordedCall => {
  const [call] = record(log, options);
  if (call === undefined) throw new Error("no call was recorded");
  return call;
};

describe("a log", () => {
  test("gives the calls to the language host and to providers, once each, in the order of their ends", () => {
    const began = JSON.stringify({ ...JSON.parse(configure), response: undefined, progress: "request_started" });
    const others = ["ResourceMonitor/RegisterResource", "ResourceProvider/GetSchema", "Engine/Log"];
    const log = [began, ...others.map((method) => entry(method, {})), configure, configure, ""].join("\n");
    expect(record(log).map(({ method }) => method)).toEqual(["ResourceProvider/Configure"]);
  });

  test("loses the fields that differ from run to run", () => {
    const noise = { resourceStatusAddress: "127.0.0.1:1", resourceStatusToken: "t", randomSeed: "s" };
    const { request } = only(entry("ResourceProvider/Create", { ...noise, name: "gate-file" }));
    expect(request).toEqual({ name: "gate-file" });
    expect(only(configure).request).not.toHaveProperty("id");
    expect(only(configure).request).not.toHaveProperty("sendsOldInputs");
  });

  test("loses the echo of the bridge's private state, and keeps it in an answer", () => {
    const state = { voiceUrl: "https://a.b/", __pulumi_raw_state_delta: { obj: {} } };
    const call = only(
      entry("ResourceProvider/Read", { id: "1", properties: state }, { response: { properties: state } }),
    );
    expect(call.request.properties).toEqual({ voiceUrl: "https://a.b/" });
    expect(call.response?.properties).toEqual(state);
  });

  test("keeps the error of a call that failed", () => {
    const errors = ["rpc error: code = Unknown desc = Status: 401"];
    expect(only(entry("ResourceProvider/Read", { id: "1" }, { errors }))).toEqual({
      ...{ method: "ResourceProvider/Read", request: { id: "1" }, errors },
    });
  });

  test("that is not JSON is refused with the number of its line", () => {
    expect(() => readLog(`${configure}\nnot JSON`)).toThrow("line 2 is not an entry of an engine's gRPC log");
  });
});

describe("a fixture shows", () => {
  test("no port, and only the beginning and the length of a long text", () => {
    const { request } = only(
      entry("ResourceProvider/Invoke", { args: { url: "http://127.0.0.1:41234/", long: "x".repeat(300) } }),
    );
    expect(request.args).toEqual({ url: "http://127.0.0.1:PORT/", long: `${"x".repeat(120)}…(300 characters)` });
  });

  test("no credential, wherever it is", () => {
    const read = entry("ResourceProvider/Read", { id: `${ACCOUNT}/a-password` });
    expect(record(`${configure}\n${read}`)[1]?.request.id).toBe(`${MADE_UP.accountSid}/${MADE_UP.authToken}`);
  });

  test("no secret", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: TOKEN };
    const { request } = only(
      entry("ResourceProvider/Check", { news: { token: secret }, olds: { plain: `a ${TOKEN}` } }),
    );
    expect(request.news).toEqual({ token: { ...secret, value: "secret 1" } });
    expect(request.olds).toEqual({ plain: "a secret 1" });
  });

  test("no ID except those of the loopback stack: others are zeros with a number", () => {
    const ids = ["PN728d17f512c2e9617cf5a9d8f2d7b784", NUMBER, NUMBER, ACCOUNT].join(" ");
    expect(only(entry("ResourceProvider/Read", { id: ids })).request.id).toBe(
      `PN728d17f512c2e9617cf5a9d8f2d7b784 PN${"0".repeat(31)}1 PN${"0".repeat(31)}1 AC${"0".repeat(31)}2`,
    );
  });

  test("no folder of the machine", () => {
    const info = { rootDirectory: "/home/me/hub", programDirectory: "/home/me/hub/infra" };
    const log = `${entry("LanguageRuntime/GetRequiredPackages", { info })}\n${entry("ResourceProvider/Check", { news: { a: "/tmp/x/gate" } })}`;
    const recorded = record(log, { stackFolder: "/tmp/x" });
    expect(recorded[0]?.request.info).toEqual({ rootDirectory: "/PROJECT", programDirectory: "/PROJECT/infra" });
    expect(recorded[1]?.request.news).toEqual({ a: "/STACK/gate" });
    expect(() => record(log)).toThrow("/tmp/x/gate is a path of this machine");
  });

  test("a call of an earlier run only if its answer depends on the cloud", () => {
    const log = ["Check", "Read"]
      .map((method) => entry(`ResourceProvider/${method}`, { type: "cloudflare:a" }))
      .join("\n");
    const methods = record(log, { earlier: record(log) }).map(({ method }) => method);
    expect(methods).toEqual(["ResourceProvider/Read"]);
  });
});

test.each(fixtures)("%s has exactly the form that the command writes", (name) => {
  const text = readFileSync(join(FOLDER, name), "utf8");
  expect(formatFixture(recordCalls(readLog(text), { known }))).toBe(text);
  expect(formatFixture(parseFixture(text))).toBe(text);
});
