import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type TwilioApi, twilioApi } from "../../../loopback/twilio/api/api.ts";
import { twilioState } from "../../../loopback/twilio/state.ts";
import { type HubStorage, startHubStorage } from "../../../test/support/handler/hub-storage.ts";
import { setLogLevel } from "../../log/log.ts";
import { connectDatabase } from "../../storage/database.ts";
import { eventually } from "../../testing/eventually.ts";
import { CREDENTIALS, TOKEN, testManifest } from "../../testing/manifest.ts";
import type { Worker } from "../../worker/worker.ts";
import { createApprovals } from "../gate/create-approvals.ts";
import { UNIMPLEMENTED_GATES } from "../gate/create-pre-send-gates.ts";
import { createTextGate } from "../gate/text-gate.ts";
import type { OutboundRequest } from "../request.ts";
import { accountAt, callOf, clearOutbound, newKey, personOf } from "../testing/outbound.ts";
import { createJobs, type Jobs } from "./job-queue.ts";
import { startOutbound } from "./outbound-workers.ts";
import { createOutbox, type Outbox } from "./outbox.ts";

const manifest = testManifest({ outbound: { intervalMs: 5 } });
const gate = createTextGate({
  manifest,
  approvals: createApprovals({ manifest, gateFileKeys: () => [TOKEN], twilio: async () => [] }),
  preSendGates: UNIMPLEMENTED_GATES,
});
const FAST = { fromMs: 20, toMs: 80 };
const [first, second] = manifest.numbers.map(({ number }) => number);

/** The parts of one process: connections, the queue, the outbox. */
interface Site {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly outbox: Outbox;
}

let storage: HubStorage;
let twilio: TwilioApi;
let sites: Site[];
const running: Worker[] = [];

beforeAll(async () => {
  setLogLevel("error");
  storage = await startHubStorage();
  sites = [1, 2].map(() => {
    const pool = connectDatabase(storage.databaseUrl, 4);
    const jobs = createJobs(pool);
    return { pool, jobs, outbox: createOutbox(pool, jobs) };
  });
  await sites[0]?.jobs.supervise();
});
afterAll(async () => {
  for (const { jobs, pool } of sites) {
    await jobs.close();
    await pool.end();
  }
  await storage.close();
});
beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const numbers = manifest.numbers.map(({ number, sid }) => ({ sid, phone_number: number, friendly_name: number }));
  const { accountSid } = CREDENTIALS;
  twilio = twilioApi(twilioState({ accountSid, authToken: TOKEN, numbers }));
  await clearOutbound(storage.pool);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
  vi.restoreAllMocks();
});

function site(): Site {
  const [only] = sites;
  if (only === undefined) throw new Error("no site");
  return only;
}
function startAll(account = accountAt(twilio)): void {
  for (const { pool, jobs } of sites) {
    const settings = {
      pool,
      jobs,
      manifest,
      gate,
      account,
      everyMs: 20,
      limitedBackoff: FAST,
      checkPausesMs: [20, 20, 20],
    };
    running.push(...startOutbound(settings));
  }
}
async function accept(request: OutboundRequest): Promise<string> {
  const accepted = await site().outbox.accept(request, newKey());
  if (accepted.kind === "conflict") throw new Error("a new key is known");
  return accepted.id;
}
const stateOf = async (id: string) => (await site().outbox.read(id))?.state;
const settled = () =>
  storage.count("select count(*) from twilio_outbound where state in ('sent', 'blocked', 'failed')");
const placed = (from?: string) =>
  twilio.state.calls.filter(({ resource }) => resource.from === from).map(({ resource }) => resource.to);

describe("over two processes", () => {
  it("places every call once, in order for each number", async () => {
    const people = Array.from({ length: 60 }, (_, index) => personOf(index));
    for (const to of people) for (const number of [0, 1]) await accept(callOf(manifest, to, number));
    startAll();
    await eventually(async () => expect(await settled()).toBe(120));
    expect(placed(first)).toEqual(people);
    expect(placed(second)).toEqual(people);
    expect(await storage.count("select count(distinct sid) from twilio_outbound where state = 'sent'")).toBe(120);
  });
});

describe("an API key", () => {
  const apiKey = { sid: `SK${"5".repeat(32)}`, secret: "secret-of-the-key" };
  const basic = (username: string, password: string) =>
    `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

  it("signs in with every request, the lists too, and the account stays in the URL", async () => {
    const logins = new Set<string | null>();
    const accounts = new Set<string>();
    // The stand-in knows the auth token alone, so each request gets it on the way, as if Twilio had checked the key.
    const checked = {
      fetch: async (request: Request) => {
        logins.add(request.headers.get("authorization"));
        accounts.add(new URL(request.url).pathname.split("/")[3] ?? "");
        const headers = new Headers(request.headers);
        headers.set("authorization", basic(CREDENTIALS.accountSid, TOKEN));
        return twilio.fetch(new Request(request, { headers }));
      },
    };
    twilio.faults.fail({ status: 500, count: 1, method: "POST", path: "/Calls" });
    const ids = [await accept(callOf(manifest, personOf(1))), await accept(callOf(manifest, personOf(2)))];
    startAll(accountAt(checked, { ...CREDENTIALS, authTokens: [], apiKey }));
    await eventually(async () => expect(await Promise.all(ids.map(stateOf))).toEqual(["failed", "sent"]));
    expect(logins).toEqual(new Set([basic(apiKey.sid, apiKey.secret)]));
    expect(accounts).toEqual(new Set([CREDENTIALS.accountSid]));
  });

  it("is not replaced by the auth token if Twilio refuses it", async () => {
    const id = await accept(callOf(manifest, personOf(1)));
    startAll(accountAt(twilio, { ...CREDENTIALS, apiKey }));
    await eventually(async () => {
      const { state, reason } = (await site().outbox.read(id)) ?? {};
      expect(state).toBe("queued");
      expect(reason).toContain("not sent: Twilio accepts none of the handler's credentials: HTTP 401");
    });
    expect(placed(first)).toEqual([]);
  });
});

describe("a promotion of the secondary token", () => {
  const NEW = "token-after-the-promotion";
  const knowing = (token: string) =>
    accountAt(twilio, { ...CREDENTIALS, authTokens: [...CREDENTIALS.authTokens, { token }] });

  it("does not stop a call: the other valid token is tried", async () => {
    twilio.state.authToken = NEW;
    const ids = [await accept(callOf(manifest, personOf(1))), await accept(callOf(manifest, personOf(2)))];
    startAll(knowing(NEW));
    await eventually(async () => expect(await Promise.all(ids.map(stateOf))).toEqual(["sent", "sent"]));
    expect(placed(first)).toEqual([personOf(1), personOf(2)]);
  });

  it("also lets a call of unknown outcome be found", async () => {
    twilio.state.authToken = NEW;
    twilio.faults.fail({ status: 500, count: 1, method: "POST", path: "/Calls" });
    const id = await accept(callOf(manifest, personOf(1)));
    startAll(knowing(NEW));
    await eventually(async () => expect(await stateOf(id)).toBe("failed"));
    const { reason } = (await site().outbox.read(id)) ?? {};
    expect(reason).toContain("does not have it");
  });

  it("that the handler does not know yet leaves the call in the queue, and it leaves once Twilio accepts a token", async () => {
    twilio.state.authToken = NEW;
    const id = await accept(callOf(manifest, personOf(1)));
    startAll(knowing("another-token"));
    await eventually(async () => {
      const { state, reason } = (await site().outbox.read(id)) ?? {};
      expect(state).toBe("queued");
      expect(reason).toContain("not sent: Twilio accepts none of the handler's credentials: HTTP 401");
    });
    twilio.state.authToken = TOKEN;
    await eventually(async () => expect(await stateOf(id)).toBe("sent"));
    expect(placed(first)).toEqual([personOf(1)]);
  });
});

describe("a 429", () => {
  it("is retried three times, and holds back the calls behind it", async () => {
    twilio.faults.fail({ status: 429, count: 3, method: "POST", path: "/Calls" });
    const ids = [await accept(callOf(manifest, personOf(1))), await accept(callOf(manifest, personOf(2)))];
    startAll();
    await eventually(async () => expect(await Promise.all(ids.map(stateOf))).toEqual(["sent", "sent"]));
    expect(placed(first)).toEqual([personOf(1), personOf(2)]);
  });

  it("four times in a row fails the request, and lets the next one go", async () => {
    twilio.faults.fail({ status: 429, count: 4, method: "POST", path: "/Calls" });
    const failing = await accept(callOf(manifest, personOf(1)));
    const next = await accept(callOf(manifest, personOf(2)));
    startAll();
    await eventually(async () => expect(await stateOf(next)).toBe("sent"));
    expect(await site().outbox.read(failing)).toMatchObject({
      state: "failed",
      attempts: 4,
      reason: "Twilio answered 429 to the request and to 3 retries",
    });
    expect(placed(first)).toEqual([personOf(2)]);
  });

  it("waits as long as Retry-After says", async () => {
    twilio.faults.fail({ status: 429, method: "POST", path: "/Calls", retryAfterSeconds: 3600 });
    const id = await accept(callOf(manifest, personOf(1)));
    startAll();
    await eventually(async () => expect(await site().outbox.read(id)).toMatchObject({ state: "queued", attempts: 1 }));
    const due = "select extract(epoch from start_after - now())::int from hub_queue.job where state = 'retry'";
    expect(await storage.count(due)).toBeGreaterThan(3_500);
  });
});

describe("a create without a clear answer", () => {
  const ask = async (fault: Parameters<TwilioApi["faults"]["fail"]>[0]) => {
    twilio.faults.fail({ method: "POST", path: "/Calls", ...fault });
    const ids = [await accept(callOf(manifest, personOf(1))), await accept(callOf(manifest, personOf(2)))];
    startAll();
    await eventually(async () => expect(await settled()).toBe(2));
    return Promise.all(ids.map((id) => site().outbox.read(id)));
  };

  it.each([500, 502, 503] as const)(
    "that was answered with %i and carried out is found, not sent again",
    async (status) => {
      const [unsure, next] = await ask({ status, processed: true });
      expect(unsure).toMatchObject({ state: "sent", attempts: 1, sid: twilio.state.calls[0]?.resource.sid });
      expect(next).toMatchObject({ state: "sent", sid: twilio.state.calls[1]?.resource.sid });
      expect(placed(first)).toEqual([personOf(1), personOf(2)]);
    },
  );

  it("that was answered with 500 and not carried out fails, and is not sent again", async () => {
    const [unsure] = await ask({ status: 500 });
    expect(unsure).toMatchObject({ state: "failed", attempts: 1, sid: null });
    expect(unsure?.reason).toMatch(
      /^Twilio gave no clear answer \(HTTP 500, .*\) and does not have it; it was not sent again$/,
    );
    expect(placed(first)).toEqual([personOf(2)]);
  });

  it("whose connection was cut and that was carried out is found, not sent again", async () => {
    const [unsure, next] = await ask({ drop: true, processed: true });
    expect(unsure).toMatchObject({ state: "sent", attempts: 1, sid: twilio.state.calls[0]?.resource.sid });
    expect(next).toMatchObject({ state: "sent", sid: twilio.state.calls[1]?.resource.sid });
    expect(twilio.creates).toHaveLength(2);
    expect(await storage.count("select count(*) from twilio_outbound where doubt = 'unanswered'")).toBe(1);
  });

  it("whose connection was cut and that was not carried out fails, and is not sent again", async () => {
    const [unsure] = await ask({ drop: true });
    expect(unsure).toMatchObject({ state: "failed", attempts: 1, sid: null });
    expect(unsure?.reason).toMatch(
      /^Twilio gave no clear answer \(no answer\) and does not have it; it was not sent again$/,
    );
    expect(placed(first)).toEqual([personOf(2)]);
    expect(twilio.creates).toHaveLength(2);
  });

  it("stays unknown while Twilio cannot list its calls, and is then found", async () => {
    twilio.faults.fail({ status: 503, method: "GET", path: "/Calls", count: 2 });
    const [unsure] = await ask({ status: 500, processed: true });
    expect(unsure).toMatchObject({ state: "sent", attempts: 1 });
    expect(placed(first)).toHaveLength(2);
  });

  it("fails after a refusal with Twilio's code, and without the request's content", async () => {
    const [refused] = await ask({ status: 400 });
    expect(refused).toMatchObject({ state: "failed", sid: null });
    expect(refused?.reason).toBe("Twilio refused it: HTTP 400, https://www.twilio.com/docs/api/errors/20001");
  });

  it("is not confused with an older call between the same numbers", async () => {
    const before = await accept(callOf(manifest, personOf(1)));
    startAll();
    await eventually(async () => expect(await stateOf(before)).toBe("sent"));
    twilio.faults.fail({ status: 500, method: "POST", path: "/Calls" });
    const again = await accept(callOf(manifest, personOf(1)));
    await eventually(async () => expect(await stateOf(again)).toBe("failed"));
    expect(placed(first)).toHaveLength(1);
  });
});

it("a call is tried until Twilio can be reached", async () => {
  const { fetch: send, ...account } = accountAt(twilio);
  let failures = 2;
  const flaky = async (url: string, init: RequestInit) => {
    failures -= 1;
    if (failures >= 0)
      throw new TypeError("fetch failed", { cause: Object.assign(new Error(), { syscall: "getaddrinfo" }) });
    return send?.(url, init) ?? Response.error();
  };
  const id = await accept(callOf(manifest, personOf(1)));
  startAll({ ...account, fetch: flaky });
  await eventually(async () => expect(await site().outbox.read(id)).toMatchObject({ state: "sent", attempts: 3 }));
  expect(placed(first)).toEqual([personOf(1)]);
});

it("a call that cannot reach Twilio for an hour fails, and a call that only waited behind it leaves", async () => {
  const { fetch: send, ...account } = accountAt(twilio);
  // Only the first call finds no way to Twilio, however often it is tried.
  const cut = async (url: string, init: RequestInit) => {
    if (new URLSearchParams(String(init.body)).get("To") === personOf(1))
      throw new TypeError("fetch failed", { cause: Object.assign(new Error(), { syscall: "connect" }) });
    return send?.(url, init) ?? Response.error();
  };
  const ids = [await accept(callOf(manifest, personOf(1))), await accept(callOf(manifest, personOf(2)))];
  startAll({ ...account, fetch: cut });
  await eventually(async () => expect(await site().outbox.read(ids[0] ?? "")).toMatchObject({ attempts: 1 }));
  await storage.pool.query("update twilio_outbound set created_at = now() - interval '61 minutes'");
  await eventually(async () => expect(await Promise.all(ids.map(stateOf))).toEqual(["failed", "sent"]));
  expect((await site().outbox.read(ids[0] ?? ""))?.reason).toBe(
    "not sent within an hour of the request (not sent: no answer)",
  );
  expect(placed(first)).toEqual([personOf(2)]);
});

it("an outcome is kept until the database takes it: a request answered with 500 is not sent again", async () => {
  const { fetch: send, ...account } = accountAt(twilio);
  twilio.faults.fail({ status: 500, method: "POST", path: "/Calls" });
  let stopped: Promise<void> | undefined;
  const cutting = async (url: string, init: RequestInit) => {
    const answer = (await send?.(url, init)) ?? Response.error();
    stopped ??= storage.postgres.stop();
    await stopped;
    return answer;
  };
  const id = await accept(callOf(manifest, personOf(1)));
  startAll({ ...account, fetch: cutting });
  await eventually(() => expect(stopped).toBeDefined());
  await stopped;
  await delay(1_000);
  await storage.postgres.start();
  await eventually(async () => expect(await stateOf(id)).toBe("failed"));
  expect(twilio.creates).toHaveLength(1);
});

it.each(["unknown", "queued"])(
  "an outcome counts even if another process has doubted the request and made it %s: after a 500 it is not sent again",
  async (state) => {
    const { fetch: send, ...account } = accountAt(twilio);
    twilio.faults.fail({ status: 500, method: "POST", path: "/Calls" });
    let isFirst = true;
    const slow = async (url: string, init: RequestInit) => {
      const answer = (await send?.(url, init)) ?? Response.error();
      const doubted = `update twilio_outbound set state = '${state}', doubt = 'interrupted' where state = 'sending'`;
      if (isFirst) await storage.pool.query(doubted);
      isFirst = false;
      return answer;
    };
    const id = await accept(callOf(manifest, personOf(1)));
    startAll({ ...account, fetch: slow });
    await eventually(async () => expect(await stateOf(id)).toBe("failed"));
    expect((await site().outbox.read(id))?.reason).toContain("HTTP 500");
    expect(twilio.creates).toHaveLength(1);
  },
);

describe("a request whose process ended", () => {
  /** Leaves the row and the job as a process does that is killed between its last write and Twilio's answer. */
  const interrupt = async (id: string) => {
    const [turn] = await site().jobs.take(1);
    expect(turn?.id).toBe(id);
    await storage.pool.query(
      `update twilio_outbound set state = 'sending', attempts = 1, sending_since = now() where id = '${id}';
       update hub_queue.job set started_on = now() - interval '1 hour' where state = 'active'`,
    );
    await storage.pool.query("update hub_queue.queue set monitor_on = null");
  };

  it("before Twilio had it is sent once, in its place", async () => {
    const ids = [await accept(callOf(manifest, personOf(1))), await accept(callOf(manifest, personOf(2)))];
    await interrupt(ids[0] ?? "");
    startAll();
    await eventually(async () => expect(await Promise.all(ids.map(stateOf))).toEqual(["sent", "sent"]));
    expect(placed(first)).toEqual([personOf(1), personOf(2)]);
  });

  it("after Twilio had it is found, and not sent again", async () => {
    const id = await accept(callOf(manifest, personOf(1)));
    await interrupt(id);
    const body = new URLSearchParams({
      To: personOf(1),
      From: first ?? "",
      Url: "https://webhook.reri.co/voice/webhook",
    });
    const { accountSid } = CREDENTIALS;
    const authorization = `Basic ${btoa(`${accountSid}:${TOKEN}`)}`;
    const url = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Calls.json`;
    expect((await twilio.fetch(new Request(url, { method: "POST", body, headers: { authorization } }))).status).toBe(
      201,
    );
    startAll();
    await eventually(async () => expect(await stateOf(id)).toBe("sent"));
    expect(placed(first)).toEqual([personOf(1)]);
  });
});

it("a job without a row, and a row without a valid request, hold nothing up", async () => {
  const bad = await accept(callOf(manifest, personOf(1)));
  await storage.pool.query(`update twilio_outbound set request = '{"kind":"call"}' where id = '${bad}'`);
  const orphan = await accept(callOf(manifest, personOf(2)));
  await storage.pool.query(`delete from twilio_outbound where id = '${orphan}'`);
  await storage.pool.query("update hub_queue.job set data = '{}' where singleton_key = $1 and data->>'id' = $2", [
    first,
    orphan,
  ]);
  const good = await accept(callOf(manifest, personOf(3)));
  startAll();
  await eventually(async () => expect(await stateOf(good)).toBe("sent"));
  expect(await site().outbox.read(bad)).toMatchObject({ state: "failed", attempts: 0 });
  expect(placed(first)).toEqual([personOf(3)]);
});

it("a call from a number that only a newer process may know is left to that process for a minute", async () => {
  const id = await accept(callOf(manifest, personOf(1)));
  const from = "+13105550142";
  await storage.pool.query("update twilio_outbound set from_number = $1, request = request || $2", [from, { from }]);
  startAll();
  const left = "select count(*) from hub_queue.job where state = 'retry'";
  await eventually(async () => expect(await storage.count(left)).toBe(1));
  expect(await stateOf(id)).toBe("queued");
  await storage.pool.query("update twilio_outbound set created_at = now() - interval '2 minutes'");
  await storage.pool.query("update hub_queue.job set start_after = now() where state = 'retry'");
  await eventually(async () => expect(await stateOf(id)).toBe("failed"));
  expect((await site().outbox.read(id))?.reason).toContain("from: expected one of the stack's numbers");
});

it("a database outage is waited out, and nothing is sent twice", async () => {
  const ids: string[] = [];
  for (let index = 0; index < 20; index += 1) ids.push(await accept(callOf(manifest, personOf(index))));
  startAll();
  await eventually(async () => expect(placed(first).length).toBeGreaterThan(3));
  await storage.postgres.stop();
  await storage.postgres.start();
  await eventually(async () => expect(new Set(placed(first)).size).toBe(20));
  expect(placed(first)).toHaveLength(20);
});
