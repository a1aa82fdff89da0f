/** A text of ours that the carriers refuse as unregistered (30034, 30032), and words that change while texts are under way. Everything else approves. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { reopenSender } from "../../handlers/storage/sender-closures.ts";
import { eventually } from "../../handlers/testing/eventually.ts";
import { NO_TEXT, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { PRIMARY, TO, TOLL_FREE, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";
import { readWordsNow, writeWords } from "../support/tendlc/twilio-word.ts";

const { site, text, texts } = tendlcSuite({ prepare: (made) => made.startHub() });

let diverted: typeof fetch;
beforeEach(async () => {
  diverted = globalThis.fetch;
  await site().pool.query("delete from public.hub_registrations");
  await readWordsNow(site());
});
afterEach(() => {
  globalThis.fetch = diverted;
});

const closed = async () =>
  (await site().pool.query("select sender, error_code from hub_sender_closures where reopened_at is null")).rows;

/** Sends a text that Twilio takes, and lets the carriers report an error of it. */
async function refuse(errorCode: number, from = PRIMARY): Promise<string> {
  expect(await text()).toMatchObject({ state: "sent" });
  const message = site().cloud.twilio.state.messages.at(-1)?.resource;
  if (message === undefined) throw new Error("no text left");
  Object.assign(message, { from });
  const { attempts } = await site().cloud.reportMessageStatus(message.sid, { status: "undelivered", errorCode });
  expect(attempts.map(({ status }) => status)).toEqual([204]);
  site().cloud.twilio.state.messages.length = 0;
  return message.sid;
}

async function expectBlocked(reason: string): Promise<void> {
  const before = texts();
  expect(await text()).toEqual({ state: "blocked", reason: expect.stringContaining(reason) });
  expect(texts()).toEqual(before);
}

/** Lets something happen at each request of a kind, before it goes on to the loopback cloud. */
function atRequest(method: string, path: RegExp, act: () => Promise<Response | undefined>): void {
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const isMatch = (init?.method ?? "GET") === method && path.test(url);
    return (isMatch ? await act() : undefined) ?? diverted(input, init);
  };
}

describe("a status callback", () => {
  test.each([30034, 30032])("10DLC: %d: the number's next text is blocked, for every process", async (code) => {
    await refuse(code);
    expect(await closed()).toEqual([{ sender: PRIMARY, error_code: String(code) }]);
    await expectBlocked(`the carriers refused a text of it with error ${code}`);
  });

  test("10DLC: 30034: a newer word of Twilio does not open the number again; a person does", async () => {
    const sid = await refuse(30034);
    await readWordsNow(site());
    await expectBlocked("reopen-sender");
    expect(await reopenSender(site().pool, PRIMARY)).toBe(true);
    expect(await reopenSender(site().pool, PRIMARY)).toBe(false);
    await site()
      .cloud.reportMessageStatus(sid, { status: "undelivered", errorCode: 30034 })
      .catch(() => undefined);
    expect(await closed()).toEqual([]);
    expect(await text()).toMatchObject({ state: "sent" });
    await refuse(30034);
    await expectBlocked("30034");
  });

  test("10DLC: another error closes nothing, and an error of the other number closes that number alone", async () => {
    await refuse(30003);
    expect(await closed()).toEqual([]);
    await refuse(30032, TOLL_FREE);
    expect(await closed()).toEqual([{ sender: TOLL_FREE, error_code: "30032" }]);
    expect(await text()).toMatchObject({ state: "sent" });
  });

  test("10DLC: 30034 after delivered, which the text's own status does not show: blocked", async () => {
    expect(await text()).toMatchObject({ state: "sent" });
    const { sid = "" } = site().cloud.twilio.state.messages.at(-1)?.resource ?? {};
    await site().cloud.reportMessageStatus(sid, { status: "delivered" });
    await site().cloud.reportMessageStatus(sid, { status: "undelivered", errorCode: 30034 });
    await expectBlocked("30034");
  });

  test("10DLC: 30034 stops what is still queued behind the text", async () => {
    await refuse(30034);
    const ids = await Promise.all(
      [1, 2, 3].map(async (index) => (await site().client.sendMessage({ to: TO, from: PRIMARY, body: `${index}` })).id),
    );
    const before = texts();
    for (const id of ids) expect(await site().outcome(id)).toMatchObject({ state: "blocked" });
    expect(texts()).toEqual(before);
  });
});

describe("Twilio's answer to the text", () => {
  const POST = ["POST", /\/Messages\.json/] as const;
  test.each([30034, 30032])("10DLC: %d with HTTP 400: the text fails, and the next one is blocked", async (code) => {
    atRequest(...POST, async () => Response.json({ code, message: "no" }, { status: 400 }));
    expect(await text()).toMatchObject({ state: "failed" });
    globalThis.fetch = diverted;
    await expectBlocked(`error ${code}`);
    expect(texts()).toEqual(NO_TEXT);
  });

  test("10DLC: 30034 in the resource that was created: the next text is blocked", async () => {
    atRequest(...POST, async () => Response.json({ sid: `SM${"1".repeat(32)}`, error_code: 30034 }, { status: 201 }));
    expect(await text()).toMatchObject({ state: "sent" });
    globalThis.fetch = diverted;
    await expectBlocked("error 30034");
  });

  test("10DLC: another error closes nothing", async () => {
    atRequest(...POST, async () => Response.json({ code: 21610, message: "no" }, { status: 400 }));
    expect(await text()).toMatchObject({ state: "failed" });
    expect(await closed()).toEqual([]);
  });
});

describe("a change after the gate has cleared a text, while Twilio lists what it has", () => {
  const LIST = ["GET", /\/Messages\.json/] as const;
  test.each<[string, string, string]>([
    ["Twilio's word turns", "update hub_registrations set is_verified = false, reasons = '{suspended}'", "suspended"],
    [
      "Twilio's word grows too old",
      "update hub_registrations set read_at = read_at - interval '2 hours'",
      "minutes old",
    ],
    ["Twilio's word is gone", "delete from hub_registrations", "has not said yet"],
    [
      "the carriers refuse another text",
      `insert into hub_sender_closures (sender, error_code, text_id) values ('${PRIMARY}', '30034', 'SM1')`,
      "30034",
    ],
  ])("10DLC: %s: blocked", async (_what, sql, reason) => {
    atRequest(...LIST, async () => {
      await site().pool.query(sql);
      return undefined;
    });
    await expectBlocked(reason);
    expect(texts()).toEqual(NO_TEXT);
  });

  test("10DLC control: without a change the text leaves, exactly once", async () => {
    atRequest(...LIST, async () => undefined);
    expect(await text()).toMatchObject({ state: "sent" });
    expect(texts()).toEqual(ONE_TEXT);
  });
});

test("10DLC: of many texts only those leave that began before the word turned", async () => {
  const ids = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const { id } = await site().client.sendMessage({ to: TO, from: PRIMARY, body: `Text ${index}` });
      return id;
    }),
  );
  await eventually(() => expect(texts().messages).toBeGreaterThan(0));
  await writeWords(site(), [{ sender: PRIMARY, isVerified: false, reasons: ["suspended"] }]);
  const begun = "select count(*) from twilio_outbound where attempts > 0";
  const left = await site().count(begun);
  const states = await Promise.all(ids.map((id) => site().outcome(id)));
  expect(await site().count(begun)).toBe(left);
  expect(states.filter(({ state }) => state === "sent")).toHaveLength(texts().creates);
  expect(texts().creates).toBeLessThanOrEqual(left);
});
