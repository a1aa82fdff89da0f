import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { newSid } from "./testing/records.ts";
import { callStep, recordOf, type Step, textStep } from "./testing/webhooks.ts";
import { writeWebhooks } from "./write-webhooks.ts";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());

const RECORDING: Step = (CallSid) => ({
  event: "recording-complete",
  turn: 0,
  parameters: { CallSid, RecordingSid: CallSid.replace("CA", "RE"), RecordingStatus: "completed" },
});
const CALL: readonly Step[] = [
  callStep("inbound-call", "ringing"),
  callStep("inbound-call", "in-progress", { SpeechResult: "hello" }, 1),
  callStep("inbound-call", "in-progress", { SpeechResult: "hello" }, 2),
  callStep("call-status", "completed", { CallDuration: "42" }),
  RECORDING,
];
const OUTBOUND_CALL = ["queued", "initiated", "ringing", "in-progress"].map((status) =>
  callStep("call-status", status),
);

const COLUMNS: Readonly<Record<string, string>> = {
  twilio_calls: "direction, from_number, to_number, status, status_rank, duration_seconds",
  twilio_sms: "direction, from_number, to_number, body, media_urls, status, status_rank, error_code",
};

describe.each([
  ["an inbound call", "CA", "twilio_calls", CALL, { status: "completed", duration_seconds: 42 }],
  [
    "an unanswered call",
    "CA",
    "twilio_calls",
    [...OUTBOUND_CALL, callStep("call-status", "no-answer")],
    { status: "no-answer" },
  ],
  [
    "a text",
    "SM",
    "twilio_sms",
    ["accepted", "queued", "sending", "sent", "delivered"].map((s) => textStep(s)),
    { status: "delivered" },
  ],
  [
    "a text that was read",
    "SM",
    "twilio_sms",
    ["queued", "sent", "delivered", "read"].map((status) => textStep(status)),
    { status: "read" },
  ],
  [
    "a text that was scheduled and canceled",
    "SM",
    "twilio_sms",
    ["scheduled", "canceled"].map((status) => textStep(status)),
    { status: "canceled" },
  ],
  [
    "a text that failed",
    "SM",
    "twilio_sms",
    [textStep("queued"), textStep("sent"), textStep("undelivered", { ErrorCode: "30034" })],
    { status: "undelivered", error_code: "30034" },
  ],
])("the webhooks of %s", (_what, prefix, table, life, expected) => {
  it("give the same row and the same events, in every order, each repeated", async () => {
    const lives = permutations(life).map((steps) => ({
      sid: newSid(prefix),
      steps: steps.flatMap((step) => [step, step]),
    }));
    for (const [index] of (lives[0]?.steps ?? []).entries()) {
      const records = lives.flatMap(({ sid, steps }) =>
        steps[index] === undefined ? [] : [recordOf(steps[index](sid))],
      );
      await writeWebhooks(storage.pool, records, false);
    }
    const sids = lives.map(({ sid }) => sid);
    const key = prefix === "CA" ? "call_sid" : "message_sid";
    const rows = await select(`select distinct ${COLUMNS[table]} from ${table} where ${key} = any($1)`, sids);
    expect(rows).toEqual([expect.objectContaining(expected)]);
    const suffixes = sids.map((sid) => sid.slice(2));
    const events = await select(
      "select kind, step, count(*)::int from omni_events where substr(sid, 3) = any($1) group by 1, 2 order by 1, 2",
      suffixes,
    );
    expect(events).toHaveLength(life.length);
    expect(new Set(events.map(({ count }) => count))).toEqual(new Set([sids.length]));
  });
});

it("a final status stays, after any later webhook", async () => {
  const sid = newSid("CA");
  for (const status of ["in-progress", "failed", "completed", "ringing", "unheard-of"]) {
    await writeWebhooks(storage.pool, [recordOf(callStep("call-status", status)(sid))], false);
  }
  expect(await select("select status from twilio_calls where call_sid = any($1)", [sid])).toEqual([
    { status: "failed" },
  ]);
});

it("the roles anon and authenticated can neither read nor change a table", async () => {
  await writeWebhooks(storage.pool, [recordOf(callStep("call-status", "ringing")(newSid("CA")))], false);
  const tables = await storage.pool.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relrowsecurity",
  );
  expect(tables.rows.map(({ name }) => name).sort()).toEqual(
    [
      ...["omni_events", "processed_webhook_events", "twilio_calls", "twilio_recordings", "twilio_sms"],
      ...["hub_alerts", "hub_registrations", "hub_sender_closures", "twilio_outbound", "twilio_outbound_pace"],
    ].sort(),
  );
  expect(await storage.count("select count(*) from pg_policies where schemaname = 'public'")).toBe(0);
  const client = await storage.pool.connect();
  try {
    for (const role of ["anon", "authenticated"]) {
      for (const { name } of tables.rows) {
        for (const sql of [`select from ${name}`, `delete from ${name}`, `truncate ${name}`]) {
          await client.query(`begin; set local role ${role}`);
          await expect(client.query(sql)).rejects.toMatchObject({ code: "42501" });
          await client.query("rollback");
        }
      }
    }
    // A grant by hand does not open a table: row-level security is on, without a policy.
    await client.query("begin; grant select on twilio_calls to anon; set local role anon");
    expect((await client.query("select from twilio_calls")).rowCount).toBe(0);
    await client.query("rollback");
  } finally {
    client.release();
  }
});

async function select(sql: string, values: readonly string[]) {
  const { rows } = await storage.pool.query(sql, [values]);
  return rows;
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}
