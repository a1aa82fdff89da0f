import { afterAll, beforeAll, expect, test } from "vitest";
import { CALL, formWebhook } from "../../handlers/testing/manifest.ts";
import { type HandlerSite, makeHandlerSite } from "../support/handler/handler-process.ts";
import { newWebhooks } from "../support/handler/new-webhooks.ts";
import { sendWebhooks } from "../support/handler/send-webhooks.ts";

const REPEATS = 200;

let site: HandlerSite;
let port: number;
beforeAll(async () => {
  site = await makeHandlerSite();
  ({ port } = await site.start());
});
afterAll(() => site.close());

test("200 identical requests at once: one event, one row, 200 equal answers", async () => {
  for (const webhook of newWebhooks(site.manifest, 5)) {
    const rows = "select (select count(*) from twilio_calls) + (select count(*) from twilio_sms)";
    const before = { rows: await site.count(rows), events: await site.count("select count(*) from omni_events") };
    const outcomes = await sendWebhooks(Array<typeof webhook>(REPEATS).fill(webhook), { port, connections: REPEATS });
    expect(outcomes).toHaveLength(REPEATS);
    const answers = new Set(outcomes.map(({ status, body }) => `${status} ${body}`));
    expect(answers.size).toBe(1);
    expect([...answers][0]).toMatch(/^20[04] /);
    expect(await site.count(rows)).toBe(before.rows + 1);
    expect(await site.count("select count(*) from omni_events")).toBe(before.events + 1);
  }
});

test("a call that fails over is stored as one call, and stays on the host that answered", async () => {
  const { canonical, funnel } = site.manifest.hosts;
  const CallSid = `CA${"f".repeat(32)}`;
  const call = { ...CALL, CallSid };
  const turn = { ...call, CallStatus: "in-progress", SpeechResult: "" };
  const failure = (url: string) => ({ ErrorCode: "11200", ErrorUrl: url });
  const answerTo = async (url: string, parameters: Record<string, string>) => {
    const [outcome] = await sendWebhooks([formWebhook(url, parameters)], { port, connections: 1 });
    return outcome?.body;
  };
  const primary = `${canonical.url}/voice/webhook`;
  const fallback = `${funnel.url}/voice`;
  expect(await answerTo(primary, call)).toContain(`action="${primary}?turn=1"`);
  // Twilio did not get the answer in time.
  expect(await answerTo(fallback, { ...call, ...failure(primary) })).toContain(`action="${fallback}?turn=1"`);
  expect(await answerTo(`${fallback}?turn=1`, turn)).toContain(`action="${fallback}?turn=2"`);
  // This turn's URL fails too. Calling the fallback does not count as another turn.
  expect(await answerTo(fallback, { ...turn, ...failure(`${fallback}?turn=1`) })).toContain("?turn=2");
  const where = `where sid = '${CallSid}'`;
  expect(await site.count(`select count(*) from twilio_calls where call_sid = '${CallSid}'`)).toBe(1);
  expect(await site.count(`select count(*) from omni_events ${where}`)).toBe(2);
  expect(await site.count(`select count(*) from omni_events ${where} and kind = 'inbound-call' and step = '0'`)).toBe(
    1,
  );
});
