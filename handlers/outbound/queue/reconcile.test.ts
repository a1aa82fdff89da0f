import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { PASSING_GATES } from "../../../loopback/pre-send-gates.ts";
import { type TwilioApi, twilioApi } from "../../../loopback/twilio/api/api.ts";
import { registerSenders } from "../../../loopback/twilio/registrations/register-senders.ts";
import { twilioState } from "../../../loopback/twilio/state.ts";
import { type HubStorage, startHubStorage } from "../../../test/support/handler/hub-storage.ts";
import { setLogLevel } from "../../log/log.ts";
import { readDueWords } from "../../registrations/read-words.ts";
import { eventually } from "../../testing/eventually.ts";
import { CREDENTIALS, TOKEN } from "../../testing/manifest.ts";
import type { Worker } from "../../worker/worker.ts";
import { createApprovals } from "../gate/create-approvals.ts";
import { APPROVED_RECORD, type TestApprovals, testApprovals } from "../gate/test-approvals.ts";
import { createTextGate } from "../gate/text-gate.ts";
import { createTwilioApproval } from "../gate/twilio-approval.ts";
import type { OutboundRequest } from "../request.ts";
import { accountAt, callOf, clearOutbound, messageOf, newKey, personOf } from "../testing/outbound.ts";
import { createJobs, type Jobs } from "./job-queue.ts";
import { startOutbound } from "./outbound-workers.ts";
import { createOutbox } from "./outbox.ts";

const TO = personOf(1);

let storage: HubStorage;
let jobs: Jobs;
let approvals: TestApprovals;
let twilio: TwilioApi;
const running: Worker[] = [];

beforeAll(async () => {
  setLogLevel("error");
  storage = await startHubStorage();
  jobs = createJobs(storage.pool);
  await jobs.supervise();
  approvals = await testApprovals();
  await approvals.write();
});
afterAll(async () => {
  await jobs.close();
  await approvals.close();
  await storage.close();
});
beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const numbers = approvals.manifest.numbers.map(({ number, sid }) => ({
    ...{ sid, phone_number: number, friendly_name: number },
  }));
  twilio = twilioApi(twilioState({ accountSid: CREDENTIALS.accountSid, authToken: TOKEN, numbers }));
  registerSenders(twilio.state, APPROVED_RECORD.campaignSid);
  await clearOutbound(storage.pool);
  const { manifest } = approvals;
  await readDueWords({ pool: storage.pool, manifest, account: accountAt(twilio) }, AbortSignal.timeout(10_000));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
  vi.restoreAllMocks();
});

const call = () => callOf(approvals.manifest, TO);
const text = (body: string) => messageOf(approvals.manifest, TO, body);

/** Sends a request to Twilio by hand, from the hub's own number. */
async function byHand(path: "Calls" | "Messages", fields: Readonly<Record<string, string>>): Promise<string> {
  const From = approvals.manifest.numbers[0]?.number ?? "";
  const url = `https://api.twilio.com/2010-04-01/Accounts/${CREDENTIALS.accountSid}/${path}.json`;
  const headers = { authorization: `Basic ${btoa(`${CREDENTIALS.accountSid}:${TOKEN}`)}` };
  const body = new URLSearchParams({ To: TO, From, ...fields });
  const answer = await twilio.fetch(new Request(url, { method: "POST", body, headers }));
  expect(answer.status).toBe(201);
  const [newest] = (path === "Calls" ? twilio.state.calls : twilio.state.messages).slice(-1);
  return newest?.resource.sid ?? "";
}

const callByHand = () => byHand("Calls", { Url: "https://example.com/by-hand" });

/** Moves the dates of everything at Twilio, as an older request or another clock does. */
function shiftDates(seconds: number): void {
  for (const { resource } of [...twilio.state.calls, ...twilio.state.messages]) {
    const moved = new Date(Date.parse(resource.date_created ?? "") + seconds * 1_000);
    Object.assign(resource, { date_created: moved.toUTCString().replace("GMT", "+0000") });
  }
}

/** Runs a request until it is settled. */
async function outcomeOf(request: OutboundRequest, account = accountAt(twilio)) {
  const { manifest } = approvals;
  const outbox = createOutbox(storage.pool, jobs);
  const accepted = await outbox.accept(request, newKey());
  if (accepted.kind === "conflict") throw new Error("a new key is known");
  const { accountSid } = CREDENTIALS;
  const twilio = createTwilioApproval({ manifest, pool: storage.pool, accountSid, firstRound: Promise.resolve() });
  const gate = createTextGate({
    manifest,
    approvals: createApprovals({ manifest, gateFileKeys: () => [TOKEN], twilio }),
    preSendGates: PASSING_GATES,
  });
  const pace = { everyMs: 20, checkPausesMs: [20, 20, 20] };
  running.push(...startOutbound({ pool: storage.pool, jobs, manifest, gate, account, ...pace }));
  await eventually(async () => expect((await outbox.read(accepted.id))?.state).toMatch(/^(sent|failed|blocked)$/));
  return outbox.read(accepted.id);
}

/** The tests' account. At a create, something else happens first: somebody sends a request by hand, or a clock is wrong. */
function accountWith(first: () => Promise<unknown>) {
  const account = accountAt(twilio);
  const fetch = async (url: string, init: RequestInit) => {
    if (init.method === "POST") await first();
    return account.fetch?.(url, init) ?? Response.error();
  };
  return { ...account, fetch };
}

describe("a call that Twilio answered with 500", () => {
  it.each([
    ["30 seconds", -30],
    ["a second", -1],
    ["no time", 0],
    ["an hour by a clock that is ahead", 3_600],
  ])("and did not carry out is not a call by hand from %s before it", async (_when, seconds) => {
    await callByHand();
    shiftDates(seconds);
    twilio.faults.fail({ status: 500, method: "POST", path: "/Calls" });
    expect(await outcomeOf(call())).toMatchObject({ state: "failed", sid: null });
  });

  it("and did not carry out is not a call by hand from before it, even if Twilio could not list the calls then", async () => {
    await callByHand();
    shiftDates(-30);
    twilio.faults.fail({ status: 503, method: "GET", path: "/Calls" });
    twilio.faults.fail({ status: 500, method: "POST", path: "/Calls" });
    expect(await outcomeOf(call())).toMatchObject({ state: "failed", sid: null });
  });

  it.each([
    ["the same", 0],
    ["10 minutes behind", -600],
  ])("and carried out is found beside a call by hand if Twilio's clock is %s", async (_clock, seconds) => {
    const other = await callByHand();
    twilio.faults.fail({ status: 500, method: "POST", path: "/Calls", processed: true });
    const account = accountAt(twilio);
    const fetch = async (url: string, init: RequestInit) => {
      const answer = (await account.fetch?.(url, init)) ?? Response.error();
      if (init.method === "POST") shiftDates(seconds);
      return answer;
    };
    const found = await outcomeOf(call(), { ...account, fetch });
    expect(found).toMatchObject({ state: "sent", sid: twilio.state.calls[1]?.resource.sid });
    expect(found?.sid).not.toBe(other);
  });
});

describe("a text that Twilio answered with 500", () => {
  const fail = (processed: boolean) =>
    twilio.faults.fail({ status: 500, method: "POST", path: "/Messages", processed });

  it("and did not carry out is not a text by hand with the same words from before it", async () => {
    await byHand("Messages", { Body: "Hello." });
    fail(false);
    expect(await outcomeOf(text("Hello."))).toMatchObject({ state: "failed", sid: null });
  });

  it.each(["Hello", "Hello. ", "hello.", "Hello. Hello."])(
    "and did not carry out is not another text by hand at the same time: %j",
    async (Body) => {
      let sent: Promise<string> | undefined;
      // The text by hand passes before the fault is there.
      const account = accountWith(async () => {
        if (sent !== undefined) return;
        sent = byHand("Messages", { Body });
        await sent;
        fail(false);
      });
      expect(await outcomeOf(text("Hello."), account)).toMatchObject({ state: "failed", sid: null });
    },
  );

  it("and carried out is found beside another text at the same time", async () => {
    let other: string | undefined;
    const account = accountWith(async () => {
      other ??= await byHand("Messages", { Body: "Something else." });
      fail(true);
    });
    const found = await outcomeOf(text("Hello."), account);
    expect(found).toMatchObject({ state: "sent", sid: twilio.state.messages[1]?.resource.sid });
    expect(found?.sid).not.toBe(other);
  });

  it("and carried out is found although Twilio replaced its typographic characters", async () => {
    fail(true);
    const account = accountAt(twilio);
    const fetch = async (url: string, init: RequestInit) => {
      const answer = (await account.fetch?.(url, init)) ?? Response.error();
      for (const { resource } of twilio.state.messages) Object.assign(resource, { body: 'It\'s "here" - today...' });
      return answer;
    };
    expect(await outcomeOf(text("It’s “here” – today…"), { ...account, fetch })).toMatchObject({ state: "sent" });
  });
});
