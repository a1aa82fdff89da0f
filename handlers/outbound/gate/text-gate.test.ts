import { rm } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gatesOn } from "../../../hub/gate/gates-on.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { E164 } from "../../../hub/values/values.ts";
import { PASSING_GATES } from "../../../loopback/pre-send-gates.ts";
import { TOKEN } from "../../testing/manifest.ts";
import { redeem } from "./clearance.ts";
import { createApprovals } from "./create-approvals.ts";
import { UNIMPLEMENTED_GATES } from "./create-pre-send-gates.ts";
import { PRE_SEND_GATES, type PreSendGate } from "./pre-send-gates.ts";
import { PLAN, type TestApprovals, testApprovals } from "./test-approvals.ts";
import { createTextGate, type GateAnswer, type TextGateSettings } from "./text-gate.ts";

const TEXT = {
  kind: "message",
  id: "7f1c",
  to: E164.parse("+12135550100"),
  from: E164.parse("+19497798471"),
  body: "Hello.",
} as const;

let approvals: TestApprovals;
beforeEach(async () => {
  approvals = await testApprovals();
});
afterEach(() => approvals.close());

const approves = async () => [];
const approvalsOf = (manifest: Manifest) =>
  createApprovals({ manifest, gateFileKeys: () => [TOKEN], twilio: approves });
const textGate = (changed: Partial<TextGateSettings> = {}) =>
  createTextGate({
    manifest: approvals.manifest,
    approvals: approvalsOf(approvals.manifest),
    preSendGates: PASSING_GATES,
    ...changed,
  });

function reasonOf(answer: GateAnswer): string {
  if (!("blocked" in answer)) throw new Error("the text was let through");
  return answer.blocked;
}

const ask = (text: unknown, gate = textGate()): Promise<GateAnswer> => Reflect.apply(gate.gate, gate, [text]);

test("a text with both approvals that passes all five gates is cleared, once", async () => {
  await approvals.write();
  const answer = await textGate().gate(TEXT);
  if ("blocked" in answer) throw new Error(answer.blocked);
  const { kind: _, ...cleared } = TEXT;
  expect(redeem(answer.clearance, TEXT.from)).toEqual(cleared);
  expect(() => redeem(answer.clearance, TEXT.from)).toThrow("was used before");
});

test("without the gate file every text is blocked, and the reason names the plan and B14a", async () => {
  expect(reasonOf(await textGate().gate(TEXT))).toMatch(new RegExp(`^plan ${PLAN}, B14a: the gate file .*ENOENT`));
});

test("a denied manifest blocks a text, even if everything else is open", async () => {
  const denied = await testApprovals({ tendlc: { status: "denied", plan: PLAN, deniedOn: "2026-05-03" } });
  await denied.write(gatesOn(approvals.manifest.gates, new Date()));
  expect(
    reasonOf(await textGate({ manifest: denied.manifest, approvals: approvalsOf(denied.manifest) }).gate(TEXT)),
  ).toBe(
    `plan ${PLAN}, B14a: the manifest does not approve: status is "denied"; no campaignSid; no approvedOn; no B14a signOff`,
  );
  await denied.close();
});

test("with both approvals the unimplemented gates still block", async () => {
  await approvals.write();
  expect(reasonOf(await textGate({ preSendGates: UNIMPLEMENTED_GATES }).gate(TEXT))).toBe(
    `plan ${PLAN}, B14a: gate-computer: not implemented`,
  );
});

test.each(PRE_SEND_GATES)("%s alone blocks, even if everything else is open", async (name) => {
  await approvals.write();
  const preSendGates = { ...PASSING_GATES, [name]: UNIMPLEMENTED_GATES[name] };
  expect(reasonOf(await textGate({ preSendGates }).gate(TEXT))).toContain(`${name}: not implemented`);
});

test("while 10DLC is shut no pre-send gate is called", async () => {
  let asked = 0;
  const counting: PreSendGate = async () => {
    asked += 1;
    return { passed: true };
  };
  const preSendGates = { ...PASSING_GATES, "gate-computer": counting };
  reasonOf(await textGate({ preSendGates }).gate(TEXT));
  expect(asked).toBe(0);
});

test("an approval that is withdrawn while the gates run blocks the text", async () => {
  await approvals.write();
  const withdrawing: PreSendGate = async () => {
    await rm(approvals.manifest.handler.gateFile);
    return { passed: true };
  };
  const preSendGates = { ...PASSING_GATES, "response-generator": withdrawing };
  expect(reasonOf(await textGate({ preSendGates }).gate(TEXT))).toContain("ENOENT");
});

test("neither a gate nor the caller can change the text while the gates run", async () => {
  await approvals.write();
  const asked = { ...TEXT, body: "Hello." };
  const spoiling: PreSendGate = async (text) => {
    Reflect.set(text, "body", "Something else.");
    asked.body = "Something else.";
    return { passed: true };
  };
  const answer = await textGate({ preSendGates: { ...PASSING_GATES, "gate-computer": spoiling } }).gate(asked);
  if ("blocked" in answer) throw new Error(answer.blocked);
  expect(redeem(answer.clearance, TEXT.from).body).toBe("Hello.");
});

test.each<[string, unknown, string]>([
  ["a whatsapp: address", { ...TEXT, to: "whatsapp:+12135550100" }, "WhatsApp is pending"],
  [
    "a from that is not one of the numbers",
    { ...TEXT, from: "+13105550142" },
    "from: expected one of the stack's numbers",
  ],
  ["a messaging service as from", { ...TEXT, from: `MG${"a".repeat(32)}` }, "from: expected a phone number"],
  ["an alphanumeric sender", { ...TEXT, from: "RERI" }, "from: expected a phone number"],
  ["a short code", { ...TEXT, to: "12345" }, "to: expected a phone number"],
  ["a number in another format", { ...TEXT, to: "(213) 555-0100" }, "to: expected a phone number"],
  ["no body", { ...TEXT, body: " " }, "body: expected text"],
  ["a body that is too long", { ...TEXT, body: "x".repeat(1601) }, "body: expected at most 1600"],
  ["an extra parameter", { ...TEXT, messagingServiceSid: `MG${"a".repeat(32)}` }, "messagingServiceSid"],
  ["a call", { kind: "call", id: "1", to: TEXT.to, from: TEXT.from, route: "/voice/webhook" }, "a call is not a text"],
  ["no kind", { ...TEXT, kind: undefined }, "kind"],
  ["no id", { ...TEXT, id: undefined }, "the text has no id"],
  ["an empty id", { ...TEXT, id: "" }, "the text has no id"],
  ["nothing", undefined, "the gate failed"],
])("a row that was written by hand is blocked, even if everything is open: %s", async (_what, text, reason) => {
  await approvals.write();
  const blocked = reasonOf(await ask(text));
  expect(blocked).toContain(reason);
  expect(blocked).toMatch(/^(plan \S+, B14a|no registration|no sender): /);
  expect(blocked).not.toMatch(/\d{7}|555-0100/);
});

test("a failure blocks, and the gate does not throw", async () => {
  await approvals.write();
  const gateFileKeys = () => {
    throw new Error(`no token for ${TEXT.to}`);
  };
  const failing = createApprovals({ manifest: approvals.manifest, gateFileKeys, twilio: approves });
  expect(reasonOf(await textGate({ approvals: failing }).gate(TEXT))).toMatch(
    /the gate file .* not approve: it failed$/,
  );
  const trap = new Proxy(TEXT, {
    ownKeys: () => {
      throw new Error("no keys");
    },
  });
  expect(reasonOf(await ask(trap))).toContain("the gate failed");
  expect(reasonOf(await textGate({ gateTimeoutMs: Number.NaN }).gate(TEXT))).toContain("it failed");
});

test("a gate's reason shows no phone number", async () => {
  await approvals.write();
  const telling: PreSendGate = async ({ to }) => ({ passed: false, reason: `${to} opted out` });
  const preSendGates = { ...PASSING_GATES, "compliance-gate": telling };
  expect(reasonOf(await textGate({ preSendGates }).gate(TEXT))).toContain("compliance-gate: a phone number opted out");
});

test("an older gate file does not open the gate of a newer manifest", async () => {
  const { [TEXT.from]: gate, ...others } = gatesOn(approvals.manifest.gates, new Date());
  if (!gate?.open) throw new Error("the gate is shut");
  for (const difference of [{ approvedOn: "2026-06-19" }, { signedOffOn: "2026-05-31" }]) {
    await approvals.write({ ...others, [TEXT.from]: { ...gate, ...difference } });
    expect(reasonOf(await textGate().gate(TEXT))).toContain("it is older than the manifest");
  }
});
