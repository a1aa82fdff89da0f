import { expect, test } from "vitest";
import { z } from "zod";
import { ACCOUNT_URL, callApi, OWN, PERSON, testApi } from "../testing/account.ts";
import type { TwilioApi } from "./api.ts";
import { newCall } from "./calls-api.ts";
import { newMessage } from "./messages-api.ts";

const CALL = { To: PERSON, From: OWN, Url: "https://webhook.reri.co/voice/webhook" };

const request = (twilio: TwilioApi, path: string, form?: Record<string, string>) =>
  callApi(twilio, `${ACCOUNT_URL}${path}`, form && { form });

const Lists = z.object({
  calls: z.array(z.object({ group_sid: z.string().nullable() })).default([]),
  messages: z.array(z.object({ body: z.string() })).default([]),
  next_page_uri: z.string().nullable(),
});
const list = async (twilio: TwilioApi, path: string) => Lists.parse((await request(twilio, path)).json);

test.each([
  ["no To", { To: "" }, 21201],
  ["a To without a country", { To: "3105550100" }, 21211],
  ["a To that is not a number", { To: "+1 (310) 555-0100" }, 21211],
  ["no From", { From: "" }, 21213],
  ["a From of another account", { From: "+13105550199" }, 21210],
  ["an empty Url", { Url: "" }, 21205],
  ["a relative Url", { Url: "/voice/webhook" }, 21205],
  ["a Url with another scheme", { Url: "ftp://webhook.reri.co/voice" }, 21205],
  ["an event that does not exist", { StatusCallbackEvent: "in-progress" }, 21626],
])("a call with %s is refused", async (_what, changes, code) => {
  const twilio = testApi();
  const refused = await request(twilio, "/Calls.json", { ...CALL, ...changes });
  expect(refused).toMatchObject({ status: 400, json: { code, status: 400 } });
  expect(twilio.state.calls).toEqual([]);
});

test.each([PERSON, "sip:agent@example.com", "client:agent"])("a call to %s is queued", async (To) => {
  const twilio = testApi();
  const created = await request(twilio, "/Calls.json", { ...CALL, To });
  expect(created).toMatchObject({ status: 201, json: { status: "queued", start_time: null, to: To } });
});

test("every create is logged in order of arrival, whatever its outcome", async () => {
  const twilio = testApi();
  twilio.faults.fail({ status: 429 });
  twilio.faults.fail({ status: 503, processed: true });
  twilio.faults.fail({ drop: true, processed: true });
  const before = performance.now();
  await request(twilio, "/Calls.json", CALL);
  await request(twilio, "/Messages.json", { To: PERSON, From: OWN, Body: "hi" });
  await expect(request(twilio, "/Calls.json", CALL)).rejects.toThrow(TypeError);
  await request(twilio, "/Calls.json", { ...CALL, To: "nobody" });
  await request(twilio, "/Calls.json", CALL);
  await request(twilio, "/Calls.json");
  const parties = { from: OWN, to: PERSON };
  expect(twilio.creates).toEqual([
    { path: "Calls", ...parties, outcome: 429, at: expect.any(Number) },
    { path: "Messages", ...parties, outcome: 503, at: expect.any(Number) },
    { path: "Calls", ...parties, outcome: 0, at: expect.any(Number) },
    { path: "Calls", ...parties, to: "nobody", outcome: 400, at: expect.any(Number) },
    { path: "Calls", ...parties, outcome: 201, at: expect.any(Number) },
  ]);
  const times = [before, ...twilio.creates.map(({ at }) => at), performance.now()];
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect([twilio.state.calls.length, twilio.state.messages.length]).toEqual([2, 1]);
});

/** An account with one call and one text for each date; null means without a date. */
function dated(dates: readonly (string | null)[]): TwilioApi {
  const twilio = testApi();
  for (const date of dates) {
    const at = date === null ? null : new Date(date).toUTCString().replace("GMT", "+0000");
    const parties = { from: OWN, to: PERSON, direction: "outbound-api", status: "queued" } as const;
    const call = newCall(twilio.state, parties);
    const message = newMessage(twilio.state, { ...parties, body: String(date) });
    twilio.state.calls.push({ resource: { ...call, start_time: at, group_sid: date }, params: {} });
    twilio.state.messages.push({ resource: { ...message, date_sent: at }, params: {} });
  }
  return twilio;
}

const DATES = ["2026-11-21T23:59:59Z", "2026-11-22T00:00:00Z", "2026-11-22T23:59:59Z", "2026-11-23T00:00:00Z", null];
const [EVE, MIDNIGHT, NIGHT, NEXT, NEVER] = DATES;

test.each([
  ["", [NEVER, NEXT, NIGHT, MIDNIGHT, EVE]],
  ["?StartTime=2026-11-22", [NIGHT, MIDNIGHT]],
  ["?StartTime>=2026-11-22", [NEXT, NIGHT, MIDNIGHT]],
  ["?StartTime%3E=2026-11-22T12%3A00%3A00Z", [NEXT, NIGHT, MIDNIGHT]],
  ["?StartTime%3E%3D=2026-11-22", [NEXT, NIGHT, MIDNIGHT]],
  // Without an `=` the whole text is a parameter's name, and no filter has this name.
  ["?StartTime<2026-11-23", [NEVER, NEXT, NIGHT, MIDNIGHT, EVE]],
  ["?StartTime<=2026-11-22", [EVE]],
  ["?StartTime>=2026-11-22&StartTime<=2026-11-23", [NIGHT, MIDNIGHT]],
  [`?To=${encodeURIComponent("+13105550199")}`, []],
  ["?Status=busy", []],
])("the list of calls for the query %j has the newest first", async (query, expected) => {
  const { calls } = await list(dated(DATES), `/Calls.json${query}`);
  expect(calls.map(({ group_sid }) => group_sid)).toEqual(expected);
});

test.each([
  ["?DateSent=2026-11-22", [NIGHT, MIDNIGHT]],
  ["?DateSent>=2026-11-22", [NEXT, NIGHT, MIDNIGHT]],
  ["?DateSent<=2026-11-22", [NIGHT, MIDNIGHT, EVE]],
])("the list of texts for the query %j has the newest first", async (query, expected) => {
  const { messages } = await list(dated(DATES), `/Messages.json${query}`);
  expect(messages.map(({ body }) => body)).toEqual(expected);
});

test("a filter that is not a date is refused, and a page holds up to 1000 calls", async () => {
  const twilio = dated(Array.from({ length: 1001 }, () => MIDNIGHT ?? null));
  expect(await request(twilio, "/Calls.json?StartTime>=soon")).toMatchObject({ status: 400 });
  const { calls, next_page_uri } = await list(twilio, "/Calls.json?PageSize=2000");
  expect(calls).toHaveLength(1000);
  expect(next_page_uri).toContain("Page=1");
});
