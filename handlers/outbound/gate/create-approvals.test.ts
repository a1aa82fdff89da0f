import { execFileSync } from "node:child_process";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MAX_GATE_FILE_BYTES } from "../../../hub/gate/gate-file.ts";
import { gateOn } from "../../../hub/gate/gate-on.ts";
import { E164 } from "../../../hub/values/values.ts";
import { TOKEN } from "../../testing/manifest.ts";
import { APPROVALS, type Approvals, approvalProblem } from "./approvals.ts";
import { createApprovals } from "./create-approvals.ts";
import type { ApprovalSource } from "./manifest-approval.ts";
import { APPROVED_RECORD, PLAN, type TestApprovals, testApprovals } from "./test-approvals.ts";

let approvals: TestApprovals;
beforeEach(async () => {
  approvals = await testApprovals();
});
afterEach(() => approvals.close());

const file = () => approvals.manifest.handler.gateFile;
const approves = async () => [];
const SENDER = E164.parse("+19497798471");
const problemOf = (manifest: ApprovalSource, keys: readonly string[] = [TOKEN], now = new Date()) =>
  approvalProblem(createApprovals({ manifest, gateFileKeys: () => keys, twilio: approves }), SENDER, undefined, now);
const problem = (keys?: readonly string[]) => problemOf(approvals.manifest, keys);

test("with both approvals there is no problem", async () => {
  await approvals.write();
  expect(await problem()).toBeUndefined();
  expect(await problem(["another-token", TOKEN])).toBeUndefined();
});

test("a shut manifest is a problem even if the file approves, and the problem names everything that is missing", async () => {
  await approvals.write();
  const { handler } = approvals.manifest;
  const { status: _, ...record } = APPROVED_RECORD;
  const denied = await testApprovals({ ...record, status: "denied" });
  expect(await problemOf({ gate: denied.manifest.gate, handler }, [TOKEN])).toBe(
    'the manifest does not approve: status is "denied"',
  );
  await denied.close();
});

test("an approval of a day that has not come is a problem, although manifest and file agree", async () => {
  const early = await testApprovals({ ...APPROVED_RECORD, approvedOn: "2099-01-01" });
  const ofDay = (time: string) => problemOf(early.manifest, [TOKEN], new Date(time));
  await early.write(gateOn(early.manifest.gate, new Date("2099-01-02T00:00:00Z")));
  expect(await problemOf(early.manifest, [TOKEN])).toContain("approvedOn 2099-01-01 is in the future");
  expect(await ofDay("2099-01-01T11:59:59Z")).toContain("approvedOn 2099-01-01 is in the future");
  expect(await ofDay("2099-01-01T12:00:00Z")).toBeUndefined();
  await early.close();
});

test("a file that up wrote before the day stays shut after it, until the next up", async () => {
  const early = await testApprovals({ ...APPROVED_RECORD, approvedOn: "2099-01-01" });
  await early.write();
  expect(await problemOf(early.manifest, [TOKEN], new Date("2099-01-02T00:00:00Z"))).toContain(
    "does not approve: it is shut: approvedOn 2099-01-01 is in the future",
  );
  await early.close();
});

test("the file is read at every call", async () => {
  await approvals.write();
  expect(await problem()).toBeUndefined();
  await approvals.write({ plan: PLAN, open: false, reasons: ["withdrawn"] });
  expect(await problem()).toContain("does not approve: it is shut: withdrawn");
  await approvals.write();
  expect(await problem()).toBeUndefined();
  await rm(file());
  expect(await problem()).toContain("cannot be read (ENOENT)");
});

test("a file signed with a token that is not valid does not approve", async () => {
  await approvals.write(undefined, "another-token");
  expect(await problem()).toContain("made with another key");
  expect(await problem([])).toContain("made with another key");
  expect(await problem([""])).toContain("made with another key");
});

test.each<[string, () => Promise<void> | void, string]>([
  ["a folder", async () => void (await mkdir(file())), "it is not a regular file"],
  ["a FIFO", () => void execFileSync("mkfifo", [file()]), "it is not a regular file"],
  ["a device", () => symlink("/dev/zero", file()), "it is not a regular file"],
  ["a link to nowhere", () => symlink(`${file()}.none`, file()), "ENOENT"],
  ["a link to itself", () => symlink(file(), file()), "ELOOP"],
  ["empty", () => writeFile(file(), ""), "not two lines"],
  ["too long", () => writeFile(file(), "x".repeat(MAX_GATE_FILE_BYTES + 1)), "longer than 8192 bytes"],
  ["not UTF-8", () => writeFile(file(), new Uint8Array([0xff, 0x0a])), "cannot be read"],
])("a gate file that is %s shuts the gate at once", async (_what, make, reason) => {
  await make();
  expect(await problem()).toContain(reason);
});

test("a byte order mark before the first line breaks the signature", async () => {
  await approvals.write();
  await writeFile(file(), `\uFEFF${await readFile(file(), "utf8")}`);
  expect(await problem()).toContain("made with another key");
});

test("the path may be a link to the file", async () => {
  await approvals.write();
  await rename(file(), `${file()}.real`);
  await symlink(`${file()}.real`, file());
  expect(await problem()).toBeUndefined();
});

test("a file that cannot be opened shuts the gate", async () => {
  const unreadable = { gate: approvals.manifest.gate, handler: { gateFile: `${file()}\0` } };
  expect(await problemOf(unreadable, [TOKEN])).toContain("cannot be read");
});

const STANDING: Approvals = { manifest: approves, gateFile: approves, twilio: approves };

test.each<[string, unknown, string]>([
  ["is missing", undefined, "it is missing"],
  ["throws", () => Promise.reject(new Error("a secret")), "it failed"],
  ["throws at once", () => JSON.parse("{"), "it failed"],
  ["returns true", async () => true, "not a list of reasons"],
  ["returns nothing", async () => undefined, "not a list of reasons"],
  ["returns an empty text", async () => "", "not a list of reasons"],
  ["returns one empty reason", async () => [undefined], "does not approve"],
  ["never answers", () => new Promise(() => undefined), "no answer within 50 ms"],
])("an approval that %s does not approve, although every other one does", async (_what, approval, reason) => {
  for (const name of ["manifest", "gateFile", "twilio"] as const) {
    const broken = { ...STANDING, [name]: approval } as const;
    const found = await Reflect.apply(approvalProblem, undefined, [broken, SENDER, 50]);
    expect(found).toContain(`${APPROVALS[name]} does not approve`);
    expect(found).toContain(reason);
  }
  expect(await approvalProblem(STANDING, SENDER)).toBeUndefined();
});

test("each approval is asked about the text's sender, and none after one that does not approve", async () => {
  const asked: string[] = [];
  const refuses = async (sender: string) => {
    asked.push(sender);
    return ["no"];
  };
  expect(await approvalProblem({ manifest: refuses, gateFile: refuses, twilio: refuses }, SENDER)).toBe(
    "the manifest does not approve: no",
  );
  expect(asked).toEqual([SENDER]);
});
