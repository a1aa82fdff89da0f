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
const BY_HAND =
  "where no text may leave, delete the gate file (hub:handler.gateFile) on the handler's machine by hand\n";

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

/** Runs an `up` that ends with a status, beside an open gate file, under the loopback stack's config with a few keys replaced. */
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

test("an up that ended well leaves the file to the program", async () => {
  expect(await run(0)).toBe(0);
  expect(await gate()).toBe("open\n");
  expect(said).toBe("");
});

test("one that did not shuts the gate of a config that approves nothing, and says so", async () => {
  expect(await run(7)).toBe(7);
  expect(await gate()).toBeUndefined();
  expect(said).toMatch(/^the gate of texts was shut: .* so \S+\/gate was removed\n$/);
});

test("npm run shut-gate shuts it without an up, and says what it found", async () => {
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

test("one that throws does so too, and what it threw is kept", async () => {
  await run(0);
  const up = () => Promise.reject(new Error("the engine was stopped"));
  await expect(shutGateUnlessDone(join(folder, "Pulumi.test.yaml"), up)).rejects.toThrow("the engine was stopped");
  expect(await gate()).toBeUndefined();
});

test("the gate of a whole approval stays as it is", async () => {
  expect(await run(1, { "hub:tendlc": APPROVED_RECORD, "hub:owners": [APPROVED_RECORD.signOff.by] })).toBe(1);
  expect(await gate()).toBe("open\n");
  expect(said).toBe("");
});

test("a mistake elsewhere in the config keeps nothing from being shut", async () => {
  await run(1, { "hub:numbers": [], "hub:unknown": 1 });
  expect(await gate()).toBeUndefined();
});

test.each([
  ["another user's machine", { "hub:transport": { kind: "local", user: "nobody-else" } }, "hub:transport.user is"],
  ["a config without the record", { "hub:tendlc": undefined }, "Pulumi.test.yaml: hub:tendlc: "],
])("what it cannot shut it names in one line, with what to do: %s", async (_what, replaced, reason) => {
  expect(await run(1, replaced)).toBe(1);
  expect(await gate()).toBe("open\n");
  expect(said).toContain(`the gate of texts could not be shut (`);
  expect(said).toContain(reason);
  expect(said.endsWith(BY_HAND)).toBe(true);
  expect(said.trimEnd().split("\n")).toHaveLength(1);
});
