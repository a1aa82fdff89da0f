import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { startDispatcher } from "../dispatch/dispatcher.ts";
import { settleEvent } from "../dispatch/event-queue.ts";
import { clearEvents, insertEvent, readEventRow } from "../dispatch/test-events.ts";
import { setLogLevel } from "../log/log.ts";
import { clearRecordings, insertRecording, readRecordingRow } from "../recordings/test-recordings.ts";
import { inTransaction } from "../storage/transaction.ts";
import { startEndpoint, type TestEndpoint } from "../testing/endpoint.ts";
import { eventually } from "../testing/eventually.ts";
import type { Worker } from "../worker/worker.ts";
import { type AlertSettings, startAlerts, sweepAlerts } from "./sweeper.ts";
import { clearAlerts } from "./test-alerts.ts";

const TEN_FAILED = "dispatch_attempts = 10, dispatch_error = 'HTTP 503:'";
const LONG_AGO = "alerted_at = now() - interval '20 minutes'";

let storage: HubStorage;
let discord: TestEndpoint;
const running: Worker[] = [];
beforeAll(async () => {
  setLogLevel("error");
  [storage, discord] = await Promise.all([startHubStorage(), startEndpoint()]);
});
afterAll(() => Promise.all([storage.close(), discord.close()]));
beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  discord.received.length = 0;
  discord.answer = () => ({ status: 204 });
  await Promise.all([clearEvents(storage.pool), clearRecordings(storage.pool), clearAlerts(storage.pool)]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
  vi.restoreAllMocks();
});

const settings = (changes: Partial<AlertSettings> = {}): AlertSettings => ({
  pool: storage.pool,
  discord: { webhookUrl: `${discord.url}/api/webhooks/1/secret` },
  everyMs: 10,
  backoff: { fromMs: 1, toMs: 5 },
  ...changes,
});
const sweep = (minutesBetween?: number) =>
  sweepAlerts(settings(minutesBetween === undefined ? {} : { minutesBetween }));
function start(changes: Partial<AlertSettings> = {}): void {
  running.push(startAlerts(settings(changes)));
}
const insert = (changes: string) => insertEvent(storage.pool, changes);
const isAlerted = async (sid: string) => (await readEventRow(storage.pool, sid)).isAlerted;
const told = () => storage.count("select coalesce(sum(told_count), 0) from public.hub_alerts");
/** Moves the times at which people were told. */
const toldAgo = (age: string) => storage.pool.query(`update public.hub_alerts set told_at = now() - interval '${age}'`);
const contents = () => discord.received.map(({ body }) => String(JSON.parse(body).content));

describe("of calls and texts", () => {
  afterEach(() => storage.pool.query("delete from twilio_outbound"));

  /** Inserts a call or text with these columns, and returns its id and its name in an alert. */
  const call = async (columns: string, kind = "call") => {
    const { rows } = await storage.pool.query<{ id: string }>(
      `insert into twilio_outbound (idempotency_key, kind, to_number, from_number, request)
       values (gen_random_uuid(), $1, '+12135550100', '+19497798471', '{}') returning id`,
      [kind],
    );
    const id = rows[0]?.id ?? "";
    await storage.pool.query(`update twilio_outbound set ${columns} where id = '${id}'`);
    return { id, named: `\`${kind} ${id}\`` };
  };
  const AGO = (minutes: number) => `now() - interval '${minutes} minutes'`;

  it.each([
    ["that Twilio does not confirm", `state = 'unknown', attempts = 1, updated_at = ${AGO(16)}`, "may have left"],
    ["whose process ended", `state = 'sending', attempts = 1, updated_at = ${AGO(16)}`, "may have left"],
    ["that waits after a 429", `limited = 1, attempts = 1, updated_at = ${AGO(16)}`, "has not left"],
    ["that cannot reach Twilio", `attempts = 40, created_at = ${AGO(16)}, updated_at = now()`, "has not left"],
  ])("people are alerted about one %s, once, with its description", async (_what, columns, known) => {
    const { named } = await call(columns);
    expect(await sweep(0)).toEqual({ kind: "sent" });
    expect(await sweep(0)).toBeUndefined();
    expect(contents()[0]?.split("\n").slice(0, 2)).toEqual([
      "Twilio hub: 1 call or text is late.",
      `${named} (${known})`,
    ]);
  });

  it("people are alerted about one that failed, once, with the reason", async () => {
    const { named } = await call("state = 'failed', reason = 'because'");
    expect(await sweep(0)).toEqual({ kind: "sent" });
    expect(await sweep(0)).toBeUndefined();
    expect(contents()).toEqual([`Twilio hub: 1 call or text failed.\n${named}\nLast reason: \`because\``]);
  });

  it.each([
    ["a text that was blocked", "state = 'blocked'"],
    ["one that was sent", `state = 'sent', limited = 1, attempts = 2, updated_at = ${AGO(60)}`],
    ["one that waits for its turn", `created_at = ${AGO(60)}, updated_at = ${AGO(60)}`],
    ["one that has not reached Twilio for less than 15 minutes", `attempts = 4, created_at = ${AGO(14)}`],
    [
      "one that waits shortly after a 429 and was queued for long",
      `attempts = 1, limited = 1, created_at = ${AGO(60)}`,
    ],
  ])("nobody is alerted about %s", async (_what, columns) => {
    await call(columns, "message");
    expect(await sweep(0)).toBeUndefined();
  });

  it("one that fails while people are alerted that it has not left gets another alert, as failed", async () => {
    const { id, named } = await call(`attempts = 40, created_at = ${AGO(16)}`);
    discord.answer = async () => {
      await storage.pool.query("update twilio_outbound set state = 'failed', alerted_at = null where id = $1", [id]);
      return { status: 204 };
    };
    expect(await sweep(0)).toEqual({ kind: "sent" });
    discord.answer = () => ({ status: 204 });
    expect(await sweep(0)).toEqual({ kind: "sent" });
    expect(contents()).toEqual([
      `Twilio hub: 1 call or text is late.\n${named} (has not left)`,
      expect.stringMatching(
        /^Twilio hub: over after .*: no call or text is late; 1 in all .*\n.*: 1 call or text failed\./,
      ),
    ]);
  });
});

describe("people are alerted about", () => {
  it.each([
    ["an event that was refused", "dispatch_state = 'parked', dispatch_attempts = 1, dispatch_error = 'HTTP 400: no'"],
    ["an event whose tenth attempt failed", TEN_FAILED],
    ["an event at its eleventh attempt", "dispatch_attempts = 11, dispatch_error = null"],
  ])("%s, once", async (_what, changes) => {
    const sid = await insert(changes);
    expect(await sweep(0)).toEqual({ kind: "sent" });
    expect(await isAlerted(sid)).toBe(true);
    expect(await sweep(0)).toBeUndefined();
    expect(contents()).toEqual([expect.stringContaining(`inbound-text:${sid}:received`)]);
  });

  it.each([
    ["an event that failed nine times", "dispatch_attempts = 9, dispatch_error = 'HTTP 503:'"],
    ["an event whose tenth attempt is under way", "dispatch_attempts = 10, dispatch_error = null"],
    ["an event that the gateway took in the end", "dispatch_attempts = 12, dispatch_state = 'done'"],
    ["an event that is not for the agents", "dispatch_state = 'none'"],
    ["an event that they were alerted about", `${TEN_FAILED}, ${LONG_AGO}`],
  ])("not %s", async (_what, changes) => {
    await insert(changes);
    expect(await sweep()).toBeUndefined();
    expect(discord.received).toHaveLength(0);
  });

  it("a recording that failed, once", async () => {
    const sid = await insertRecording(storage.pool, "state = 'failed', error = 'no audio'");
    await insertRecording(storage.pool, "attempts = 11, error = 'HTTP 404 from Twilio'");
    await insertRecording(storage.pool, "state = 'stored'");
    expect(await sweep(0)).toEqual({ kind: "sent" });
    expect(contents()).toEqual([`Twilio hub: 1 recording could not be stored.\n\`${sid}\`\nLast reason: \`no audio\``]);
    expect(await readRecordingRow(storage.pool, sid)).toMatchObject({ isAlerted: true });
    expect(await sweep(0)).toBeUndefined();
  });

  it("an outage with fifty events once, in one alert", async () => {
    await Promise.all(Array.from({ length: 50 }, () => insert(TEN_FAILED)));
    start();
    await eventually(async () => expect(await told()).toBe(50));
    expect(contents()).toEqual([
      expect.stringMatching(/^Twilio hub: 50 events .*\n.* and 47 more\nLast reason: `HTTP 503:`$/),
    ]);
  });

  it("ten failures of an event once, even if it keeps failing", async () => {
    const gateway = await startEndpoint();
    let failuresAfter = 0;
    gateway.answer = () => ({ status: discord.received.length > 0 && ++failuresAfter > 5 ? 200 : 503 });
    const failuresBefore: number[] = [];
    discord.answer = () => {
      failuresBefore.push(gateway.received.length);
      return { status: 204 };
    };
    const sid = await insert("dispatch_attempts = 0");
    start({ minutesBetween: 0 });
    const agents = { callRouting: "atlas", textsAndCallbacks: "acquisitions" };
    const quick = { everyMs: 5, backoff: { fromMs: 1, toMs: 2 } };
    running.push(
      startDispatcher({ pool: storage.pool, gateway: { url: gateway.url, hookToken: "t" }, agents, ...quick }),
    );
    await eventually(async () => expect(await readEventRow(storage.pool, sid)).toMatchObject({ state: "done" }));
    await eventually(() => expect(contents()).toHaveLength(2));
    await Promise.all(running.splice(0).map((worker) => worker.stop()));
    await gateway.close();
    expect(contents()).toEqual([expect.stringContaining("1 event keeps"), expect.stringContaining("over after")]);
    expect(failuresBefore[0]).toBeGreaterThanOrEqual(10);
    expect(await isAlerted(sid)).toBe(true);
  });
});

describe("alerts", () => {
  it("are minutes apart, and the later one covers all failures since", async () => {
    await insert(TEN_FAILED);
    expect(await sweep()).toEqual({ kind: "sent" });
    await insert(TEN_FAILED);
    await insertRecording(storage.pool, "state = 'failed'");
    expect(await sweep()).toBeUndefined();
    await toldAgo("14 minutes 50 seconds");
    expect(await sweep()).toBeUndefined();
    await toldAgo("15 minutes 10 seconds");
    expect(await sweep()).toEqual({ kind: "sent" });
    expect(contents()).toHaveLength(2);
    expect(contents()[1]).toMatch(/1 more event keeps .* 2 in all .*\n.*\n.*\nTwilio hub: 1 recording could/);
  });

  it("are minutes apart, even if the earlier one was about a recording", async () => {
    await insertRecording(storage.pool, "state = 'failed'");
    expect(await sweep()).toEqual({ kind: "sent" });
    await insert(TEN_FAILED);
    expect(await sweep()).toBeUndefined();
    await toldAgo("20 minutes");
    expect(await sweep()).toEqual({ kind: "sent" });
  });

  it("are minutes apart across processes, even while one of them is sending", async () => {
    await insert(TEN_FAILED);
    const meanwhile: unknown[] = [];
    discord.answer = async () => {
      const sid = await insert(TEN_FAILED);
      meanwhile.push(await sweep(), await isAlerted(sid), await told());
      return { status: 204 };
    };
    expect(await sweep()).toEqual({ kind: "sent" });
    // It is counted, but people are not told about it.
    expect(meanwhile).toEqual([undefined, true, 0]);
    expect(await sweep()).toBeUndefined();
  });

  it("do not hold up the outcome of an event that they name", async () => {
    const sid = await insert(TEN_FAILED);
    const key = { sid, kind: "inbound-text", step: "received", attempt: 10 };
    discord.answer = async () => {
      // The gateway takes it while Discord answers.
      await settleEvent(storage.pool, key, { kind: "done" }, 0);
      return { status: 204 };
    };
    expect(await sweep()).toEqual({ kind: "sent" });
    expect((await readEventRow(storage.pool, sid)).state).toBe("done");
  });

  it("are sent again if the event was parked during the alert", async () => {
    const sid = await insert(TEN_FAILED);
    const key = { sid, kind: "inbound-text", step: "received", attempt: 10 };
    discord.answer = async () => {
      await settleEvent(storage.pool, key, { kind: "parked", reason: "HTTP 400: no such agent" }, 0);
      return { status: 204 };
    };
    expect(await sweep(0)).toEqual({ kind: "sent" });
    discord.answer = () => ({ status: 204 });
    expect(await sweep(0)).toEqual({ kind: "sent" });
    expect(contents()).toEqual([
      expect.stringContaining("keeps failing"),
      expect.stringMatching(/no event keeps failing(.|\n)*was refused/),
    ]);
    expect(await sweep(0)).toBeUndefined();
  });

  it("are sent again if the event is parked later", async () => {
    const sid = await insert(TEN_FAILED);
    expect(await sweep(0)).toEqual({ kind: "sent" });
    const key = { sid, kind: "inbound-text", step: "received", attempt: 10 };
    await settleEvent(storage.pool, key, { kind: "parked", reason: "HTTP 400: no such agent" }, 0);
    expect(await sweep(0)).toEqual({ kind: "sent" });
    expect(contents().at(-1)).toContain("no such agent");
    expect(await sweep(0)).toBeUndefined();
  });

  it("are minutes apart across processes that sweep at once", async () => {
    await Promise.all(Array.from({ length: 5 }, () => insert(TEN_FAILED)));
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => sweep()));
    expect(outcomes.filter((outcome) => outcome !== undefined)).toEqual([{ kind: "sent" }]);
    expect(discord.received).toHaveLength(1);
  });
});

describe("a trouble that is not reported yet", () => {
  it("is skipped while another transaction holds it", async () => {
    const held = await insert(TEN_FAILED);
    const free = await insert(TEN_FAILED);
    await inTransaction(storage.pool, async (client) => {
      await client.query("select 1 from public.omni_events where sid = $1 for update", [held]);
      expect(await sweep(0)).toEqual({ kind: "sent" });
    });
    expect([await isAlerted(held), await isAlerted(free)]).toEqual([false, true]);
  });

  it.each([[{ status: 500 }], [{ status: 404 }], ["cut"]] as const)(
    "stays due if Discord answers %j, and is reported when Discord is back",
    async (answer) => {
      discord.answer = () => (discord.received.length <= 3 ? answer : { status: 204 });
      const sid = await insert(TEN_FAILED);
      start();
      await eventually(async () => expect(await told()).toBe(1));
      expect(await isAlerted(sid)).toBe(true);
      expect(discord.received).toHaveLength(4);
      expect(process.stderr.write).toHaveBeenCalledOnce();
      expect(String(vi.mocked(process.stderr.write).mock.calls[0]?.[0])).not.toContain("secret");
    },
  );

  it("stays due as long as Discord asks to wait", async () => {
    discord.answer = () => ({ status: 429, body: '{"retry_after":3600}' });
    const sid = await insert(TEN_FAILED);
    start({ everyMs: 1 });
    await eventually(() => expect(discord.received).toHaveLength(1));
    for (let rounds = 0; rounds < 20; rounds++) await storage.pool.query("select 1");
    expect(discord.received).toHaveLength(1);
    expect([await isAlerted(sid), await told()]).toEqual([true, 0]);
  });

  it("is reported after a short rate limit", async () => {
    discord.answer = () =>
      discord.received.length === 1 ? { status: 429, body: '{"retry_after":0.05}' } : { status: 204 };
    await insert(TEN_FAILED);
    start();
    await eventually(async () => expect(await told()).toBe(1));
    expect(discord.received).toHaveLength(2);
  });
});
