import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { BASE, BASIC, configurationSuite, NONE } from "../testing/configuration.ts";
import { placeRule, placeSetting } from "./make.ts";

const { twilio, settingId, ask, shares, exact } = configurationSuite();

test("a Rule is saved at once, and completes after the delay", async () => {
  twilio().state.webhooks.delayMs = 60_000;
  const { status, headers, json } = await ask("POST", "Rules", { body: exact("https://a.example/voice") });
  expect(status).toBe(202);
  expect(json).toMatchObject({
    operation: {
      status: "PENDING",
      retentionPeriod: "P7D",
      resourceId: expect.stringMatching(/^webhooks_rule_.{26}$/),
    },
    rule: { matchType: "EXACT_MATCH", value: "https://a.example/voice", settings: shares() },
  });
  const operation = `Operations/${json.operation?.id}`;
  expect(headers.get("Location")).toBe(`${BASE}/${operation}`);
  expect(headers.get("Operation-Id")).toBe(json.operation?.id);
  expect(twilio().state.webhooks.applied().rules.size).toBe(0);
  twilio().state.webhooks.finish();
  expect((await ask("GET", operation)).json).toMatchObject({ status: "COMPLETED", completedAt: expect.any(String) });
  expect(twilio().state.webhooks.applied().rules.size).toBe(1);
});

test.each(["FAILED", "CANCELLED"] as const)(
  "a change whose Operation is %s is saved, and never applies",
  async (end) => {
    twilio().state.webhooks.ends.push(end);
    const { json } = await ask("POST", "Rules", { body: exact("https://a.example/voice") });
    twilio().state.webhooks.finish();
    const ended = (await ask("GET", `Operations/${json.operation?.id}`)).json;
    expect(ended).toMatchObject({ status: end, ...(end === "FAILED" && { error: { code: 20500 } }) });
    expect(twilio().state.webhooks.saved.rules.size).toBe(1);
    expect(twilio().state.webhooks.applied().rules.size).toBe(0);
  },
);

test("a delay is never nothing", () => {
  expect(() => {
    twilio().state.webhooks.delayMs = 0;
  }).toThrow(RangeError);
});

const BAD_RULES: [string, object, number, number][] = [
  ["an exact Rule without a value", { matchType: "EXACT_MATCH" }, 400, 59000],
  ["an exact Rule with a / at its end", { matchType: "EXACT_MATCH", value: "https://a.example/" }, 400, 59000],
  ["a prefix without a / at its end", { matchType: "PREFIX_MATCH", prefix: "https://a.example/a" }, 400, 59000],
  ["a special character", { matchType: "PREFIX_MATCH", prefix: "https://*.example/" }, 400, 59000],
  ["an unknown type", { matchType: "REGEX", value: "a" }, 400, 59000],
  ["no Settings", { matchType: "DEFAULT", settings: [] }, 400, 59000],
  ["less than 100 %", { matchType: "DEFAULT", settings: [{ settingId: "s", percentage: 99 }] }, 400, 59000],
  ["three Settings", { settings: [34, 33, 33].map((percentage) => ({ settingId: "s", percentage })) }, 400, 59000],
  ["an unknown Setting", { matchType: "DEFAULT", settings: [{ settingId: "s", percentage: 100 }] }, 422, 59201],
];

test.each(BAD_RULES)("%s is refused", async (_what, changes, status, code) => {
  const body = { matchType: "DEFAULT", settings: shares(), ...changes };
  const refused = await ask("POST", "Rules", { body });
  expect(refused).toMatchObject({ status, json: { code, status, detail: expect.any(String) } });
  expect(refused.headers.get("Content-Type")).toBe("application/problem+json");
  expect(twilio().state.webhooks.saved.rules.size).toBe(0);
});

test("a default Rule cannot use Basic authentication, and an exact one can", async () => {
  const settings = shares(placeSetting(twilio().state.webhooks, { auth: BASIC }).id);
  expect(await ask("POST", "Rules", { body: { matchType: "DEFAULT", settings } })).toMatchObject({
    json: { code: 59202 },
  });
  expect((await ask("POST", "Rules", { body: { ...exact("https://a.example"), settings } })).status).toBe(202);
});

test("two Rules cannot match the same", async () => {
  placeRule(twilio().state.webhooks, { matchType: "EXACT_MATCH", value: "https://a.example/a", settings: shares() });
  const other = placeRule(twilio().state.webhooks, { matchType: "DEFAULT", settings: shares() });
  const refused = { status: 409, json: { code: 59103 } };
  expect(await ask("POST", "Rules", { body: exact("https://a.example/a") })).toMatchObject(refused);
  expect(await ask("POST", "Rules", { body: { matchType: "DEFAULT", settings: shares() } })).toMatchObject(refused);
  const moved = { matchType: "EXACT_MATCH", value: "https://a.example/a" };
  expect(await ask("PATCH", `Rules/${other.id}`, { body: moved })).toMatchObject(refused);
});

test("a PATCH changes a Rule's Settings, or its match as a whole", async () => {
  const { id } = placeRule(twilio().state.webhooks, { matchType: "DEFAULT", settings: shares() });
  const two = [
    { settingId: settingId(), percentage: 95 },
    { settingId: placeSetting(twilio().state.webhooks, { auth: NONE }).id, percentage: 5 },
  ];
  expect((await ask("PATCH", `Rules/${id}`, { body: { settings: two } })).json).toMatchObject({
    rule: { id, settings: two },
  });
  const moved = await ask("PATCH", `Rules/${id}`, {
    body: { matchType: "PREFIX_MATCH", prefix: "https://a.example/" },
  });
  expect(moved.json).toMatchObject({ rule: { id, settings: two, prefix: "https://a.example/" } });
  expect((await ask("PATCH", `Rules/${id}`, { body: { matchType: "EXACT_MATCH" } })).status).toBe(400);
});

test("changes apply in their order, each after its own delay", async () => {
  const { webhooks } = twilio().state;
  webhooks.delayMs = 20;
  const { id } = placeRule(webhooks, { matchType: "DEFAULT", settings: shares() });
  const rename = (friendlyName: string) => ask("PATCH", `Rules/${id}`, { body: { friendlyName } });
  await rename("first");
  webhooks.delayMs = 1;
  const { json } = await rename("second");
  const status = async () => (await ask("GET", `Operations/${json.operation?.id}`)).json;
  while (!("completedAt" in (await status()))) await pause(2);
  expect(webhooks.applied().rules.get(id)?.friendlyName).toBe("second");
  expect((await ask("GET", "Operations?status=COMPLETED")).json).toMatchObject({ operations: [{}, {}] });
});
