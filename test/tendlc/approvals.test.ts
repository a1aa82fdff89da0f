/** The manifest's half of the approval, and the five gates: each alone blocks a text while everything else is open. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { PreSendGatesFactory } from "../../handlers/outbound/gate/create-pre-send-gates.ts";
import { PRE_SEND_GATES } from "../../handlers/outbound/gate/pre-send-gates.ts";
import { APPROVED_RECORD, withdrawn } from "../../handlers/outbound/gate/test-approvals.ts";
import { createJobs } from "../../handlers/outbound/queue/job-queue.ts";
import { createOutbox } from "../../handlers/outbound/queue/outbox.ts";
import { messageOf, newKey } from "../../handlers/outbound/testing/outbound.ts";
import type { RunningHub } from "../../handlers/start-hub.ts";
import { PASSING_GATES } from "../../loopback/pre-send-gates.ts";
import { DENIED_RECORD, type HubOptions, NO_TEXT, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { TO, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const { site, text, texts } = tendlcSuite();

/** Queues a text as the endpoint does, without a running handler. */
const queue = async () => {
  const jobs = createJobs(site().pool);
  const accepted = await createOutbox(site().pool, jobs).accept(messageOf(site().manifest, TO), newKey());
  await jobs.close();
  if (accepted.kind === "conflict") throw new Error("a new key is known");
  return accepted.id;
};
const textUnder = async (options: HubOptions) => {
  const id = await queue();
  const hub = await site().startHub(options);
  return site().outcome(id).finally(hub.close);
};
const { status: _status, ...WITHOUT_STATUS } = APPROVED_RECORD;
const { campaignSid: _sid, ...WITHOUT_CAMPAIGN } = APPROVED_RECORD;
const { approvedOn: _on, ...WITHOUT_DATE } = APPROVED_RECORD;
const { signOff, ...WITHOUT_SIGN_OFF } = APPROVED_RECORD;

describe("a manifest without a complete approval", () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["denied, as it is today", DENIED_RECORD, 'status is "denied"'],
    [
      "denied, with everything else that an approval needs",
      { ...WITHOUT_STATUS, status: "denied" },
      'status is "denied"',
    ],
    ["submitted, with everything else", { ...WITHOUT_STATUS, status: "submitted" }, 'status is "submitted"'],
    ["approved, without anything else", { ...DENIED_RECORD, status: "approved" }, "no campaignSid"],
    ["no campaign", WITHOUT_CAMPAIGN, "no campaignSid"],
    ["no date", WITHOUT_DATE, "no approvedOn"],
    ["no B14a sign-off", WITHOUT_SIGN_OFF, "no B14a signOff"],
    ["a stranger's sign-off", { ...APPROVED_RECORD, signOff: { ...signOff, by: "Nobody" } }, "not in hub:owners"],
    ["an owner's name in lower case", { ...APPROVED_RECORD, signOff: { ...signOff, by: "henry hill" } }, "not in hub"],
    [
      "a sign-off before the denial",
      { ...APPROVED_RECORD, signOff: { ...signOff, on: "2026-05-02" } },
      "before the denial",
    ],
    ["a newer denial", { ...APPROVED_RECORD, deniedOn: "2026-07-01" }, "before the denial"],
    ["approved on a day to come", { ...APPROVED_RECORD, approvedOn: "2099-01-01" }, "approvedOn 2099-01-01 is in the"],
    ["approved before the sign-off", { ...APPROVED_RECORD, approvedOn: "2026-05-31" }, "before the sign-off"],
  ])("10DLC: %s: blocked, with the gate file open and the five gates passing", async (_what, tendlc, reason) => {
    expect(await textUnder({ tendlc })).toEqual({
      state: "blocked",
      reason: expect.stringMatching(
        new RegExp(`^plan ${APPROVED_RECORD.plan}, B14a: the manifest does not approve: .*${reason}`),
      ),
    });
    expect(texts()).toEqual(NO_TEXT);
  });

  test("10DLC control: the same text leaves, exactly once, with a complete approval", async () => {
    expect(await textUnder({ tendlc: APPROVED_RECORD })).toMatchObject({ state: "sent" });
    expect(texts()).toEqual(ONE_TEXT);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["a campaign SID with another prefix", { ...APPROVED_RECORD, campaignSid: `MG${"a".repeat(32)}` }],
    ["an unknown status", { ...APPROVED_RECORD, status: "Approved" }],
    ["approved: true", { ...APPROVED_RECORD, approved: true }],
    ["an empty reference", { ...APPROVED_RECORD, signOff: { ...signOff, reference: "" } }],
  ])("10DLC: %s: the manifest is refused", async (_what, tendlc) => {
    expect(() => site().manifestOf(tendlc)).toThrow("hub:tendlc");
    expect(texts()).toEqual(NO_TEXT);
  });
});

describe("an approval that ends", () => {
  const withdraw = () => site().writeGateFile(withdrawn(site().manifestOf(APPROVED_RECORD)));

  test("10DLC: withdrawn between queueing and sending: blocked", async () => {
    const id = await queue();
    await withdraw();
    const hub = await site().startHub();
    expect(await site().outcome(id)).toMatchObject({ state: "blocked", reason: expect.stringContaining("withdrawn") });
    expect(texts()).toEqual(NO_TEXT);
    await hub.close();
  });

  test("10DLC: withdrawn while the five gates decide: blocked", async () => {
    const withdrawing = async () => {
      await withdraw();
      return { passed: true } as const;
    };
    const preSendGates = { ...PASSING_GATES, "response-generator": withdrawing };
    expect(await textUnder({ preSendGates: () => preSendGates })).toMatchObject({ state: "blocked" });
    expect(texts()).toEqual(NO_TEXT);
  });
});

test("10DLC: a gate can ask the handler's database", async () => {
  const counted: unknown[] = [];
  const preSendGates: PreSendGatesFactory = ({ pool }) => ({
    ...PASSING_GATES,
    "thread-context": async ({ to }) => {
      const sql = "select count(*)::int as texts from twilio_outbound where to_number = $1";
      counted.push(...(await pool.query(sql, [to])).rows);
      return { passed: false, reason: "counted" };
    },
  });
  expect(await textUnder({ preSendGates })).toMatchObject({
    state: "blocked",
    reason: expect.stringContaining("thread-context: counted"),
  });
  expect(counted).toEqual([{ texts: 1 }]);
  expect(texts()).toEqual(NO_TEXT);
});

describe("the five gates", () => {
  const broken = new Map<PropertyKey, unknown>();
  // A copy, because a proxy of a frozen object must return its values.
  const preSendGates = new Proxy(
    { ...PASSING_GATES },
    {
      get: (target, name) => (broken.has(name) ? broken.get(name) : Reflect.get(target, name)),
    },
  );

  let hub: RunningHub;
  beforeAll(async () => {
    hub = await site().startHub({ preSendGates: () => preSendGates });
  });
  afterAll(() => hub.close());
  afterEach(() => broken.clear());

  test.each(PRE_SEND_GATES)("10DLC: %s is missing: blocked with both approvals open", async (name) => {
    broken.set(name, undefined);
    expect(await text()).toMatchObject({ state: "blocked", reason: expect.stringContaining(`${name}: it is missing`) });
    expect(texts()).toEqual(NO_TEXT);
  });

  const answers = new Map<string, () => unknown>([
    ["throws", () => Promise.reject(new Error("no"))],
    ["throws at once", () => JSON.parse("{")],
    ["true", () => true],
    ["nothing", () => undefined],
    ["passed as a text", () => ({ passed: "true" })],
    ["a reservation", () => ({ passed: true, unless: "spam" })],
  ]);
  test.each(PRE_SEND_GATES)("10DLC: %s throws, or its answer is not a verdict: blocked each time", async (name) => {
    broken.set(name, async ({ body }: { readonly body: string }) => answers.get(body)?.());
    const outcomes = await Promise.all([...answers.keys()].map((body) => text({ body })));
    expect(outcomes.map(({ state }) => state)).toEqual(outcomes.map(() => "blocked"));
    for (const { reason } of outcomes)
      expect(reason).toMatch(new RegExp(`${name}: (it failed|its answer is not a verdict)$`));
    expect(texts()).toEqual(NO_TEXT);
  });

  test("10DLC: a gate that never answers: blocked", async () => {
    broken.set("blast-safety", () => new Promise(() => undefined));
    expect(await text()).toMatchObject({ state: "blocked", reason: expect.stringContaining("no verdict within") });
    expect(texts()).toEqual(NO_TEXT);
  });

  test("10DLC control: the same text leaves, exactly once, if no gate is broken", async () => {
    expect(await text()).toMatchObject({ state: "sent" });
    expect(texts()).toEqual(ONE_TEXT);
  });
});
