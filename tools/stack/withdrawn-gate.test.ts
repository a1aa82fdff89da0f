import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { APPROVED_RECORD } from "../../handlers/outbound/gate/test-approvals.ts";
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

/** Runs an `up` that ends with a status while the gate file is open. The config is the loopback stack's with some keys replaced. */
async function run(code: number, replaced: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const file = StackFile.parse(parse(await readFile(join(PROJECT, "Pulumi.loopback.yaml"), "utf8")));
  const handler = { ...z.looseObject({}).parse(file.config["hub:handler"]), gateFile: gateFile() };
  const configFile = join(folder, "Pulumi.test.yaml");
  await writeFile(configFile, stringify({ config: { ...file.config, "hub:handler": handler, ...replaced } }));
  await writeFile(gateFile(), "open\n");
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

test("after an up that succeeds, the gate file is left to the program", async () => {
  expect(await run(0)).toBe(0);
  expect(await gate()).toBe("open\n");
  expect(said).toBe("");
});

test("after an up that fails, the gate is shut if the config approves no texts, and a line says so", async () => {
  expect(await run(7)).toBe(7);
  expect(await gate()).toBeUndefined();
  expect(said).toMatch(/^the text gate was shut: .* so \S+\/gate was removed\n$/);
});

test("npm run shut-gate shuts the gate without an up, and reports what it found", async () => {
  await run(0);
  const shut = () => runShutGate(["--config-file", join(folder, "Pulumi.test.yaml"), "--stack", "test"]);
  expect(await shut()).toMatchObject({ code: 0, stdout: expect.stringMatching(/was shut: \S+\/gate was removed\n$/) });
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

test("the gate stays open if the approval is complete", async () => {
  expect(await run(1, { "hub:tendlc": APPROVED_RECORD, "hub:owners": [APPROVED_RECORD.signOff.by] })).toBe(1);
  expect(await gate()).toBe("open\n");
  expect(said).toBe("");
});

test("an error elsewhere in the config does not keep the gate open", async () => {
  await run(1, { "hub:numbers": [], "hub:unknown": 1 });
  expect(await gate()).toBeUndefined();
});

test.each([
  ["another user's machine", { "hub:transport": { kind: "local", user: "nobody-else" } }, "hub:transport.user is"],
  ["a config without the record", { "hub:tendlc": undefined }, "Pulumi.test.yaml: hub:tendlc: "],
])("if the gate cannot be shut, one line says why and what to do: %s", async (_what, replaced, reason) => {
  expect(await run(1, replaced)).toBe(1);
  expect(await gate()).toBe("open\n");
  expect(said).toContain(`the text gate could not be shut (`);
  expect(said).toContain(reason);
  expect(said.endsWith(BY_HAND)).toBe(true);
  expect(said.trimEnd().split("\n")).toHaveLength(1);
});
