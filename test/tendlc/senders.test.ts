/** A gate for each sender: the approval of one number, in any state of its registration, never lets a text leave from another. */
import { afterEach, describe, expect, test } from "vitest";
import { APPROVED_RECORD, VERIFIED_RECORD, withdrawn } from "../../handlers/outbound/gate/test-approvals.ts";
import { createJobs } from "../../handlers/outbound/queue/job-queue.ts";
import type { RunningHub } from "../../handlers/start-hub.ts";
import { gatesOn } from "../../hub/gate/gates-on.ts";
import { TEXT, writeRow } from "../support/tendlc/hand-written-row.ts";
import { DENIED_RECORD, type HubOptions, NO_TEXT, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { PRIMARY, TO, TOLL_FREE, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const { site, text, texts } = tendlcSuite();

let hub: RunningHub | undefined;
afterEach(async () => {
  await hub?.close();
  hub = undefined;
});

const textFrom = async (from: string, options: HubOptions = {}) => {
  hub = await site().startHub(options);
  return text({ from });
};
const { status: _approved, ...WITHOUT_STATUS } = VERIFIED_RECORD;
const { verificationSid: _sid, ...WITHOUT_VERIFICATION } = VERIFIED_RECORD;
const { approvedOn: _on, ...WITHOUT_DATE } = VERIFIED_RECORD;
const { signOff, ...WITHOUT_SIGN_OFF } = VERIFIED_RECORD;
const verifiedExcept = (difference: object) => ({ tollfree: { ...VERIFIED_RECORD, ...difference } });

describe("the toll-free number, with 10DLC approved and the gate file open for both", () => {
  test.each<[string, HubOptions, string]>([
    ["no record", {}, "hub:tollfree is missing"],
    ["rejected", { tollfree: { ...WITHOUT_STATUS, status: "rejected" } }, 'status is "rejected"'],
    ["submitted", { tollfree: { ...WITHOUT_STATUS, status: "submitted" } }, 'status is "submitted"'],
    ["approved without anything else", { tollfree: { status: "approved", number: TOLL_FREE } }, "no verificationSid"],
    ["no verification", { tollfree: WITHOUT_VERIFICATION }, "no verificationSid"],
    ["no date", { tollfree: WITHOUT_DATE }, "no approvedOn"],
    ["no sign-off", { tollfree: WITHOUT_SIGN_OFF }, "no signOff"],
    ["a stranger's sign-off", verifiedExcept({ signOff: { ...signOff, by: "Nobody" } }), "not in hub:owners"],
    ["a newer rejection", verifiedExcept({ rejectedOn: "2026-07-01" }), "before the rejection"],
    ["approved before the sign-off", verifiedExcept({ approvedOn: "2026-05-31" }), "before the sign-off"],
    ["approved on a day to come", verifiedExcept({ approvedOn: "2099-01-01" }), "approvedOn 2099-01-01 is in the"],
  ])("10DLC: %s: blocked", async (_what, options, reason) => {
    expect(await textFrom(TOLL_FREE, options)).toEqual({
      state: "blocked",
      reason: expect.stringMatching(new RegExp(`^toll-free verification: the manifest does not approve: .*${reason}`)),
    });
    expect(texts()).toEqual(NO_TEXT);
  });

  test.each<[string, object]>([
    ["a campaign's SID as its verification", { verificationSid: APPROVED_RECORD.campaignSid }],
    ["the local number in its record", { number: PRIMARY }],
    ["Twilio's own word for its status", { status: "TWILIO_APPROVED" }],
    ["an empty reference", { signOff: { ...signOff, reference: "" } }],
  ])("10DLC: %s: the manifest is refused", (_what, difference) => {
    expect(() => site().manifestOf(APPROVED_RECORD, { ...VERIFIED_RECORD, ...difference })).toThrow("hub:tollfree");
  });
});

describe("the local number, with the toll-free number approved and the gate file open for both", () => {
  test.each<[string, HubOptions, string]>([
    ["denied", { tendlc: DENIED_RECORD }, 'status is "denied"'],
    ["submitted", { tendlc: { ...APPROVED_RECORD, status: "submitted" } }, 'status is "submitted"'],
    ["approved on a day to come", { tendlc: { ...APPROVED_RECORD, approvedOn: "2099-01-01" } }, "in the future"],
  ])("10DLC: %s: blocked", async (_what, options, reason) => {
    expect(await textFrom(PRIMARY, { ...options, tollfree: VERIFIED_RECORD })).toEqual({
      state: "blocked",
      reason: expect.stringMatching(
        new RegExp(`^plan ${APPROVED_RECORD.plan}, B14a: the manifest does not approve: .*${reason}`),
      ),
    });
    expect(texts()).toEqual(NO_TEXT);
  });
});

describe("both numbers approved in the manifest", () => {
  const both = { tollfree: VERIFIED_RECORD };
  const manifest = () => site().manifestOf(APPROVED_RECORD, VERIFIED_RECORD);
  /** The gates of a file that approves one number. */
  const only = (open: string) => ({
    ...withdrawn(manifest()),
    ...Object.fromEntries(Object.entries(gatesOn(manifest().gates, new Date())).filter(([sender]) => sender === open)),
  });

  test.each([
    [PRIMARY, TOLL_FREE],
    [TOLL_FREE, PRIMARY],
  ])("10DLC: a gate file that shuts %s: blocked there, and only there", async (shut, open) => {
    await site().writeGateFile(only(open));
    expect(await textFrom(shut, both)).toMatchObject({ reason: expect.stringContaining("it is shut: withdrawn") });
    expect(texts()).toEqual(NO_TEXT);
    expect(await text({ from: open })).toMatchObject({ state: "sent" });
    expect(texts()).toEqual(ONE_TEXT);
  });

  test.each([
    ["each other's approvals", (local: object, tollFree: object) => ({ [PRIMARY]: tollFree, [TOLL_FREE]: local })],
    ["the campaign for both", (local: object) => ({ [PRIMARY]: local, [TOLL_FREE]: local })],
  ])("10DLC: a gate file with %s: blocked from the toll-free number", async (_what, swap) => {
    const gates = gatesOn(manifest().gates, new Date());
    await site().writeGateFile(Object.assign({}, gates, swap(gates[PRIMARY] ?? {}, gates[TOLL_FREE] ?? {})));
    expect(await textFrom(TOLL_FREE, both)).toMatchObject({
      reason: expect.stringContaining("another kind of sender"),
    });
    expect(texts()).toEqual(NO_TEXT);
  });

  test("10DLC: the file of an older verification: blocked from the toll-free number", async () => {
    const older = site().manifestOf(APPROVED_RECORD, { ...VERIFIED_RECORD, approvedOn: "2026-06-19" });
    await site().writeGateFile(gatesOn(older.gates, new Date()));
    expect(await textFrom(TOLL_FREE, both)).toMatchObject({
      reason: expect.stringContaining("older than the manifest"),
    });
    expect(texts()).toEqual(NO_TEXT);
  });

  test.each([
    ["WhatsApp", `whatsapp:${PRIMARY}`],
    ["WhatsApp of the toll-free number", `whatsapp:${TOLL_FREE}`],
    ["no plus", PRIMARY.slice(1)],
    ["blanks", "+1 949 779 8471"],
    ["the national form", "(949) 779-8471"],
    ["a messaging service", `MG${"a".repeat(32)}`],
    ["a short code", "12345"],
    ["a name", "RERI"],
    ["a number of somebody else", "+13105550142"],
    ["a toll-free number of somebody else", "+18005550142"],
    ["both numbers", `${PRIMARY},${TOLL_FREE}`],
    ["a line feed behind it", `${PRIMARY}\n`],
  ])(
    "10DLC: a text whose sender is spelled as %s: refused at the endpoint, and blocked in a row",
    async (_what, from) => {
      hub = await site().startHub(both);
      await expect(site().client.sendMessage({ to: TO, from, body: "Hello." })).rejects.toThrow("from");
      const jobs = createJobs(site().pool);
      const id = await writeRow(site().pool, jobs, { from_number: from, request: JSON.stringify({ ...TEXT, from }) });
      expect(await site().outcome(id)).toMatchObject({ state: "blocked", reason: expect.stringContaining("from: ") });
      await jobs.close();
      expect(texts()).toEqual(NO_TEXT);
    },
  );

  test.each([
    ["the toll-free number in the row, the local one in its request", { from_number: TOLL_FREE }],
    [
      "the local number in the row, the toll-free one in its request",
      { request: JSON.stringify({ ...TEXT, from: TOLL_FREE }) },
    ],
  ])("10DLC: %s: blocked, although both may text", async (_what, columns) => {
    hub = await site().startHub(both);
    const jobs = createJobs(site().pool);
    const id = await writeRow(site().pool, jobs, columns);
    expect(await site().outcome(id)).toMatchObject({ state: "blocked", reason: expect.stringContaining("differ") });
    await jobs.close();
    expect(texts()).toEqual(NO_TEXT);
  });

  test("10DLC control: with both approvals a text leaves from either number, exactly once", async () => {
    for (const from of [PRIMARY, TOLL_FREE]) {
      expect(await textFrom(from, both)).toMatchObject({ state: "sent" });
      expect(texts()).toEqual(ONE_TEXT);
      await site().clear();
      await hub?.close();
      hub = undefined;
    }
  });
});
