/** A call that the hub placed, through the app: Twilio fetches the voice URL when the person answers, and reports each status. */
import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { type Send, sendToApp } from "../testing/hosts.ts";
import { CALL, CREDENTIALS, formWebhook, testManifest } from "../testing/manifest.ts";
import { createApp } from "../webhook/app.ts";

const manifest = testManifest();
const { texts, agent } = manifest.voice;
const { canonical, funnel } = { canonical: manifest.hosts.canonical.url, funnel: manifest.hosts.funnel.url };
const VOICE = `${canonical}/voice/webhook`;
const STATUS = `${canonical}/voice/status`;
const [number] = manifest.numbers;

let storage: HubStorage;
let send: Send;
beforeAll(async () => {
  storage = await startHubStorage();
  const { store } = storage;
  send = sendToApp(createApp({ manifest, credentials: CREDENTIALS, store, answerDeadlineMs: 4_000 }));
});
afterAll(() => storage.close());

/** The parameters of a new call's webhooks. `From` is the hub's number, `To` the person's. */
const newCall = () => ({
  ...CALL,
  CallSid: `CA${randomBytes(16).toString("hex")}`,
  Direction: "outbound-api",
  CallStatus: "in-progress",
  From: number?.number ?? "",
  To: "+12135550100",
});
const rowOf = async (callSid: string) => {
  const columns = "direction, from_number, to_number, status, duration_seconds";
  const { rows } = await storage.pool.query(`select ${columns} from public.twilio_calls where call_sid = $1`, [
    callSid,
  ]);
  return rows[0];
};
const stepsOf = async (callSid: string) => {
  const { rows } = await storage.pool.query<{ step: string }>(
    "select kind || ' ' || step || ' ' || dispatch_state as step from public.omni_events where sid = $1 order by sequence",
    [callSid],
  );
  return rows.map(({ step }) => step);
};

describe("the app", () => {
  it("connects the person to the agent, with the hub's own number, and ends with the dial", async () => {
    const call = newCall();
    const answer = await send(formWebhook(VOICE, call));
    expect(answer).toMatchObject({ status: 200, type: "text/xml" });
    expect(answer.body).toContain(`<Response><Say>${texts.outbound}</Say><Say>${texts.recordingNotice}</Say><Dial `);
    expect(answer.body).toContain(` callerId="${call.From}" `);
    expect(answer.body).toContain(` action="${VOICE}?turn=1" `);
    expect(answer.body).toContain(` recordingStatusCallback="${canonical}/voice/recording-complete" `);
    expect(answer.body).toContain(`>${agent}</Dial></Response>`);
    const ended = await send(formWebhook(`${VOICE}?turn=1`, { ...call, DialCallStatus: "completed" }));
    expect(ended.body).toMatch(/<Response><Hangup\/><\/Response>$/);
    const [direction, from_number, to_number] = ["outbound-api", call.From, call.To];
    expect(await rowOf(call.CallSid)).toMatchObject({ direction, from_number, to_number, status: "in-progress" });
    expect(await stepsOf(call.CallSid)).toEqual(["inbound-call 0 waiting", "inbound-call 1 waiting"]);
  });

  it("answers a call that failed over on the host it came to", async () => {
    const failed = { ...newCall(), ErrorCode: "11200", ErrorUrl: VOICE };
    const { body } = await send(formWebhook(`${funnel}/voice`, failed, "/"));
    expect(body).toContain(`<Say>${texts.outbound}</Say>`);
    expect(body).toContain(` action="${funnel}/voice?turn=1" `);
  });

  it("gives the same answer while nothing can be stored", async () => {
    const keep = async (_record: unknown, fallback: () => { status: number; body: string }) => ({
      answer: fallback(),
      how: "spooled" as const,
    });
    const app = createApp({ manifest, credentials: CREDENTIALS, store: { keep }, answerDeadlineMs: 4_000 });
    const call = newCall();
    expect(await sendToApp(app)(formWebhook(VOICE, call))).toEqual(await send(formWebhook(VOICE, call)));
  });

  it("hangs up on a machine without a word", async () => {
    const { body } = await send(formWebhook(VOICE, { ...newCall(), AnsweredBy: "machine_start" }));
    expect(body).toMatch(/<Response><Hangup\/><\/Response>$/);
  });

  it.each(["completed", "busy", "failed", "no-answer", "canceled"])(
    "stores the statuses of a call that ended as %s, reported in any order, and hands only its end to an agent",
    async (end) => {
      const life = ["queued", "initiated", "ringing", ...(end === "completed" ? ["in-progress"] : []), end];
      const inAnyOrder = fc.shuffledSubarray(life, { minLength: life.length });
      await fc.assert(
        fc.asyncProperty(inAnyOrder, async (statuses) => {
          const call = newCall();
          const duration = { CallDuration: end === "completed" ? "12" : "0" };
          for (const CallStatus of statuses) {
            const reported = { ...call, CallStatus, ...(CallStatus === end && duration) };
            expect((await send(formWebhook(STATUS, reported))).status).toBe(204);
          }
          const expected = { direction: "outbound-api", status: end, duration_seconds: Number(duration.CallDuration) };
          expect(await rowOf(call.CallSid)).toMatchObject(expected);
          const told = statuses.map((status) => `call-status ${status} ${status === end ? "waiting" : "none"}`);
          expect(await stepsOf(call.CallSid)).toEqual(told);
        }),
        { numRuns: 15 },
      );
    },
  );
});
