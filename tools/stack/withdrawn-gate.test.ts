import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { APPROVED_RECORD, VERIFIED_RECORD } from "../../handlers/outbound/gate/test-approvals.ts";
import { testManifest } from "../../handlers/testing/manifest.ts";
import { gateFileContent, gateFileText } from "../../hub/gate/gate-file.ts";
import { gatesOn } from "../../hub/gate/gates-on.ts";
import { NOW } from "../../hub/testing/config.ts";
import { withoutProgress } from "../../test/support/without-progress.ts";
import { PROJECT } from "../cli/paths.ts";
import { shutGateUnlessDone } from "./withdrawn-gate.ts";

const StackFile = z.looseObject({ config: z.record(z.string(), z.unknown()) });
const BY_HAND = "if no text may leave, delete the gate file (hub:handler.gateFile) on the handler's machine by hand\n";

let folder: string;
let said: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "withdrawn-gate-"));
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += withoutProgress(String(text));
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const gateFile = () => join(folder, "gate");
const gate = () => readFile(gateFile(), "utf8").catch(() => undefined);

/** A config's change: keys, and keys of `hub:handler`. */
interface Changed {
  readonly keys?: Readonly<Record<string, unknown>>;
  readonly handler?: Readonly<Record<string, unknown>>;
}

const APPROVAL = { "hub:tendlc": APPROVED_RECORD, "hub:owners": [APPROVED_RECORD.signOff.by] };

/** The gate file of the records, with MACs under a key that nobody has. */
const fileOf = (records: Readonly<Record<string, unknown>>) =>
  gateFileText(gateFileContent(gatesOn(testManifest(records).gates, NOW)), "nobody's key");
const [LOCAL_LINE = "", TOLL_FREE_LINE = ""] = fileOf({ tendlc: APPROVED_RECORD, tollfree: VERIFIED_RECORD })
  .split("\n")
  .map((line) => `${line}\n`);
const OPEN = LOCAL_LINE;

/** Runs an `up` that ends with a status while the gate file is open. The config is the loopback stack's with some keys replaced. */
async function run(code: number, { keys, handler }: Changed = {}): Promise<number> {
  const file = StackFile.parse(parse(await readFile(join(PROJECT, "Pulumi.loopback.yaml"), "utf8")));
  const own = { ...z.looseObject({}).parse(file.config["hub:handler"]), gateFile: gateFile(), ...handler };
  const configFile = join(folder, "Pulumi.test.yaml");
  await writeFile(configFile, stringify({ config: { ...file.config, "hub:handler": own, ...keys } }));
  await writeFile(gateFile(), OPEN);
  return shutGateUnlessDone(configFile, async () => code);
}

function runShutGate(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(PROJECT, "tools", "commands", "shut-gate.ts"), ...args],
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

const shut = (...args: readonly string[]) =>
  runShutGate(["--config-file", join(folder, "Pulumi.test.yaml"), "--stack", "test", ...args]);

test("after an up that succeeds, the gate file is left to the program", async () => {
  expect(await run(0)).toBe(0);
  expect(await gate()).toBe(OPEN);
  expect(said).toBe("");
});

test("after an up that fails, the gate is shut if the config approves no texts, and a line says so", async () => {
  expect(await run(7)).toBe(7);
  expect(await gate()).toBeUndefined();
  expect(said).toMatch(/^the text gate was shut: .* so \S+\/gate was removed\n$/);
});

test("npm run shut-gate shuts the gate without an up, and reports what it found", async () => {
  await run(0);
  expect(await shut()).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/ was shut for what the config does not declare: \S+\/gate was removed\n$/),
  });
  expect(await gate()).toBeUndefined();
  expect(await shut()).toMatchObject({ code: 0, stdout: expect.stringContaining("approves nothing\n") });
  expect(await runShutGate([])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: --stack is missing: .*\n$/),
  });
});

test("after an up that throws, the gate is shut too, and the error is passed on", async () => {
  await run(0);
  const up = () => Promise.reject(new Error("the engine was stopped"));
  await expect(shutGateUnlessDone(join(folder, "Pulumi.test.yaml"), up)).rejects.toThrow("the engine was stopped");
  expect(await gate()).toBeUndefined();
});

test("the declared file stays, and npm run shut-gate says so", async () => {
  expect(await run(1, { keys: APPROVAL })).toBe(1);
  expect(await gate()).toBe(OPEN);
  expect(said).toBe("");
  expect(await shut("--json")).toMatchObject({ code: 0, stdout: `{"found":"approved","gateFile":"${gateFile()}"}\n` });
  expect(await gate()).toBe(OPEN);
});

const changed = (difference: object) => ({ "hub:tendlc": { ...APPROVED_RECORD, ...difference } });

test.each<[what: string, changed: Changed]>([
  ["approves another campaign", { keys: changed({ campaignSid: `QE${"b".repeat(32)}` }) }],
  ["was approved on another day", { keys: changed({ approvedOn: "2026-06-21" }) }],
  ["was signed off on another day", { keys: changed({ signOff: { ...APPROVED_RECORD.signOff, on: "2026-06-02" } }) }],
  ["approves under another plan", { keys: changed({ plan: "another" }) }],
  ["was approved on a day that has not come", { keys: changed({ approvedOn: "2099-01-01" }) }],
])("a config that %s shuts the gate of the open number", async (_what, { keys }) => {
  expect(await run(7, { keys: { ...APPROVAL, ...keys } })).toBe(7);
  expect(await gate()).toBeUndefined();
  expect(said).toMatch(/^the text gate was shut: this up failed and the config does not declare .* was removed\n$/);
});

test("a file of a day that has not come is not the declared one", async () => {
  await run(0, { keys: { ...APPROVAL, ...changed({ approvedOn: "2099-01-01" }) } });
  await writeFile(gateFile(), LOCAL_LINE.replace("2026-06-20", "2099-01-01"));
  expect(await shut()).toMatchObject({ code: 0, stdout: expect.stringContaining("was removed") });
  expect(await gate()).toBeUndefined();
});

test.each<[key: string, changed: Changed]>([
  ["hub:owners", { keys: { "hub:owners": "Henry Hill" } }],
  ["hub:owners.1", { keys: { "hub:owners": ["Henry Hill", ""] } }],
  ["hub:tendlc.deniedOn", { keys: changed({ deniedOn: "May 3rd" }) }],
  ["hub:tendlc.campaignSid", { keys: changed({ campaignSid: "QE12" }) }],
  ["hub:tendlc.signOff.on", { keys: changed({ signOff: { ...APPROVED_RECORD.signOff, on: 20260601 } }) }],
  ["hub:tendlc", { keys: changed({ approved: true }) }],
  ["hub:tendlc", { keys: { "hub:tendlc": undefined } }],
  ["hub:tendlc", { keys: { "hub:tendlc": "approved" } }],
])("what does not parse approves nothing: %s", async (key, { keys }) => {
  await run(7, { keys: { ...APPROVAL, ...keys } });
  expect(await gate()).toBeUndefined();
  expect(said).toContain(`this up failed and the config approves nothing (${key}: `);
  const { code, stdout } = await shut();
  expect(code).toBe(0);
  expect(stdout).toContain(`approves nothing; the config approves nothing (${key}: `);
});

test.each<[key: string, handler: Readonly<Record<string, unknown>>]>([
  ["hub:handler.memory", { memory: "lots" }],
  ["hub:handler.port", { port: "http" }],
  ["an unknown key of hub:handler", { gate: "gate" }],
])("a malformed %s does not keep the gate open, nor shut the declared one", async (_key, handler) => {
  await run(7, { handler });
  expect(await gate()).toBeUndefined();
  await run(7, { handler, keys: APPROVAL });
  expect(await gate()).toBe(OPEN);
});

test("an error elsewhere in the config does not keep the gate open", async () => {
  await run(1, { keys: { "hub:numbers": [], "hub:unknown": 1 } });
  expect(await gate()).toBeUndefined();
});

test.each([
  ["another user's machine", { "hub:transport": { kind: "local", user: "nobody-else" } }, "hub:transport.user is"],
  ["a transport of no kind", { "hub:transport": { kind: "ftp" } }, "Pulumi.test.yaml: hub:transport.kind: "],
  ["no gate file", { "hub:handler": { process: "twilio" } }, "Pulumi.test.yaml: hub:handler.gateFile: "],
])("if the gate cannot be shut, one line says why and what to do: %s", async (_what, keys, reason) => {
  expect(await run(1, { keys })).toBe(1);
  expect(await gate()).toBe(OPEN);
  expect(said).toContain(`the text gate could not be shut (`);
  expect(said).toContain(reason);
  expect(said.endsWith(BY_HAND)).toBe(true);
  expect(said.trimEnd().split("\n")).toHaveLength(1);
});

describe("with both numbers open", () => {
  const both = { ...APPROVAL, "hub:tollfree": VERIFIED_RECORD };
  const open = async (keys: Readonly<Record<string, unknown>>) => {
    await run(0, { keys });
    await writeFile(gateFile(), `${LOCAL_LINE}${TOLL_FREE_LINE}`);
  };

  test("a withdrawn approval shuts its number, and the other stays open", async () => {
    await open(APPROVAL);
    expect(await shut("--json")).toMatchObject({ stdout: `{"found":"some removed","gateFile":"${gateFile()}"}\n` });
    expect(await gate()).toBe(LOCAL_LINE);
    await open({ "hub:tollfree": VERIFIED_RECORD });
    expect(await shut()).toMatchObject({ stdout: expect.stringContaining(`were removed from ${gateFile()}\n`) });
    expect(await gate()).toBe(TOLL_FREE_LINE);
  });

  test("--number shuts one number, whatever the config declares, and says if it was shut already", async () => {
    await open(both);
    expect(await shut("--number", "+18446883807")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("was shut"),
    });
    expect(await gate()).toBe(LOCAL_LINE);
    const again = { code: 0, stdout: `the text gate is shut for +18446883807: ${gateFile()} has no line for it\n` };
    expect(await shut("--number", "+18446883807")).toMatchObject(again);
    expect(await shut("--number", "+19497798471")).toMatchObject({ code: 0 });
    expect(await gate()).toBeUndefined();
  });

  test("--all shuts every number, whatever the config declares", async () => {
    await open(both);
    expect(await shut()).toMatchObject({ stdout: expect.stringContaining("it was left alone") });
    expect(await shut("--all")).toMatchObject({ code: 0, stdout: expect.stringContaining("was removed") });
    expect(await gate()).toBeUndefined();
  });

  test.each([["18446883807"], ["+1 844 688 3807"], ["toll-free"], [""]])("--number %j is refused", async (number) => {
    await open(both);
    const error = { code: 1, stderr: expect.stringMatching(/^error: --number: expected a phone number in E.164/) };
    expect(await shut(`--number=${number}`)).toMatchObject(error);
    expect(await shut("--all", "--number=+18446883807")).toMatchObject({ code: 1 });
    expect(await gate()).toBe(`${LOCAL_LINE}${TOLL_FREE_LINE}`);
  });

  test("a malformed hub:tollfree approves nothing, not even the local number", async () => {
    await open({ ...APPROVAL, "hub:tollfree": "approved" });
    expect(await shut()).toMatchObject({ code: 0, stdout: expect.stringContaining("(hub:tollfree: ") });
    expect(await gate()).toBeUndefined();
  });
});
