import { execFileSync } from "node:child_process";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MAX_GATE_FILE_BYTES } from "../../../hub/gate/gate-file.ts";
import { gatesOn } from "../../../hub/gate/gates-on.ts";
import { E164 } from "../../../hub/values/values.ts";
import { TOKEN } from "../../testing/manifest.ts";
import { APPROVALS, type Approvals, approvalProblem } from "./approvals.ts";
import { createApprovals } from "./create-approvals.ts";
import type { ApprovalSource } from "./manifest-approval.ts";
import { APPROVED_RECORD, type TestApprovals, testApprovals, VERIFIED_RECORD, withdrawn } from "./test-approvals.ts";

let approvals: TestApprovals;
beforeEach(async () => {
  approvals = await testApprovals();
});
afterEach(() => approvals.close());

const file = () => approvals.manifest.handler.gateFile;
const approves = async () => [];
const SENDER = E164.parse("+19497798471");
const problemOf = (manifest: ApprovalSource, keys: readonly string[] = [TOKEN], now = new Date(), sender = SENDER) =>
  approvalProblem(createApprovals({ manifest, gateFileKeys: () => keys, twilio: approves }), sender, undefined, now);
const TOLL_FREE = E164.parse("+18446883807");
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
  const denied = await testApprovals({ tendlc: { ...record, status: "denied" } });
  expect(await problemOf({ gates: denied.manifest.gates, handler }, [TOKEN])).toBe(
    'the manifest does not approve: status is "denied"',
  );
  await denied.close();
});

test("an approval of a day that has not come is a problem, although manifest and file agree", async () => {
  const early = await testApprovals({ tendlc: { ...APPROVED_RECORD, approvedOn: "2099-01-01" } });
  const ofDay = (time: string) => problemOf(early.manifest, [TOKEN], new Date(time));
  await early.write(gatesOn(early.manifest.gates, new Date("2099-01-02T00:00:00Z")));
  expect(await problemOf(early.manifest, [TOKEN])).toContain("approvedOn 2099-01-01 is in the future");
  expect(await ofDay("2099-01-01T11:59:59Z")).toContain("approvedOn 2099-01-01 is in the future");
  expect(await ofDay("2099-01-01T12:00:00Z")).toBeUndefined();
  await early.close();
});

test("a file that up wrote before the day stays shut after it, until the next up", async () => {
  const early = await testApprovals({ tendlc: { ...APPROVED_RECORD, approvedOn: "2099-01-01" } });
  await early.write();
  expect(await problemOf(early.manifest, [TOKEN], new Date("2099-01-02T00:00:00Z"))).toContain(
    "does not approve: it is shut: approvedOn 2099-01-01 is in the future",
  );
  await early.close();
});

test("the file is read at every call", async () => {
  await approvals.write();
  expect(await problem()).toBeUndefined();
  await approvals.write(withdrawn(approvals.manifest));
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
  ["empty", () => writeFile(file(), ""), "not lines of a MAC"],
  ["too long", () => writeFile(file(), "x".repeat(MAX_GATE_FILE_BYTES + 1)), "longer than 65536 bytes"],
  ["not UTF-8", () => writeFile(file(), new Uint8Array([0xff, 0x0a])), "cannot be read"],
])("a gate file that is %s shuts the gate at once", async (_what, make, reason) => {
  await make();
  expect(await problem()).toContain(reason);
});

test("a byte order mark before the first line breaks the signature", async () => {
  await approvals.write();
  await writeFile(file(), `\uFEFF${await readFile(file(), "utf8")}`);
  expect(await problem()).toContain("not lines of a MAC");
});

test("the path may be a link to the file", async () => {
  await approvals.write();
  await rename(file(), `${file()}.real`);
  await symlink(`${file()}.real`, file());
  expect(await problem()).toBeUndefined();
});

test("a file that cannot be opened shuts the gate", async () => {
  const unreadable = { gates: approvals.manifest.gates, handler: { gateFile: `${file()}\0` } };
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

const problemFrom = (sender: E164, { manifest } = approvals) => problemOf(manifest, undefined, undefined, sender);

test("a registration approves its own kind of sender, and no other", async () => {
  await approvals.write();
  expect(await problemFrom(SENDER)).toBeUndefined();
  expect(await problemFrom(TOLL_FREE)).toBe("the manifest does not approve: hub:tollfree is missing");
  const { deniedOn, plan } = APPROVED_RECORD;
  const verified = await testApprovals({ tendlc: { status: "denied", plan, deniedOn }, tollfree: VERIFIED_RECORD });
  await verified.write();
  expect(await problemFrom(TOLL_FREE, verified)).toBeUndefined();
  expect(await problemFrom(SENDER, verified)).toContain('the manifest does not approve: status is "denied"');
  await verified.close();
});

test("a gate file that shuts one number leaves the other open", async () => {
  const both = await testApprovals({ tendlc: APPROVED_RECORD, tollfree: VERIFIED_RECORD });
  const gates = gatesOn(both.manifest.gates, new Date());
  await both.write({ ...gates, ...Object.fromEntries([Object.entries(withdrawn(both.manifest))[1] ?? []]) });
  expect(await problemFrom(SENDER, both)).toBeUndefined();
  expect(await problemFrom(TOLL_FREE, both)).toContain("it is shut: withdrawn");
  await both.close();
});

test("a sender that is not a number of the hub is not approved by anything", async () => {
  await approvals.write();
  expect(await problemFrom(E164.parse("+13105550142"))).toContain("it is not one of the stack's numbers");
});
