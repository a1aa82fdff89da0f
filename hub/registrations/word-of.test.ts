import { expect, test } from "vitest";
import { addMessagingService, addSender } from "../../loopback/twilio/registrations/messaging-service.ts";
import { registerSenders } from "../../loopback/twilio/registrations/register-senders.ts";
import { findOperation, OPERATIONS } from "../../test/foreign/twilio-openapi/judge/documents.ts";
import { testTwilio } from "../../test/support/tendlc/test-twilio.ts";
import { CampaignSid, E164, PhoneNumberSid } from "../values/values.ts";
import { type GetFromTwilio, readRegistrations } from "./read-registrations.ts";
import type { SenderRegistration, TwilioWord } from "./sender-registration.ts";
import { BRAND_STATES, VERIFICATION_STATES } from "./states.ts";
import { wordOf } from "./word-of.ts";

const CAMPAIGN = CampaignSid.parse(`QE${"a".repeat(32)}`);

/** An account at Twilio whose numbers are all registered, and the paths that were asked for. */
function site() {
  const twilio = testTwilio();
  const registered = registerSenders(twilio.state, CAMPAIGN);
  const { accountSid, authToken } = twilio.state;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  const asked: string[] = [];
  const get: GetFromTwilio = async (path) => {
    asked.push(path);
    const answer = await twilio.fetch(
      new Request(`https://messaging.twilio.com${path}`, { headers: { authorization } }),
    );
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return answer.json();
  };
  const registrationOf = (isTollfree: boolean): SenderRegistration => {
    const number = [...twilio.state.numbers.values()].find(
      ({ phone_number }) => phone_number.startsWith("+1844") === isTollfree,
    );
    return {
      sender: E164.parse(number?.phone_number),
      numberSid: PhoneNumberSid.parse(number?.sid),
      kind: isTollfree ? "toll-free" : "local",
      registrationSid: isTollfree ? (registered.verifications[0]?.sid ?? "") : CAMPAIGN,
    };
  };
  const local = registrationOf(false);
  const tollfree = registrationOf(true);
  const word = async (registration: SenderRegistration, account = accountSid): Promise<TwilioWord> =>
    wordOf(registration, await readRegistrations(get, [local, tollfree, registration]), account);
  return { twilio, ...registered, local, tollfree, get, asked, word };
}

test("both senders are verified if everything is, by paths that Twilio's documents have", async () => {
  const { word, local, tollfree, asked } = site();
  expect(await word(local)).toEqual({ isVerified: true });
  expect(await word(tollfree)).toEqual({ isVerified: true });
  expect(new Set(asked).size).toBe(5);
  for (const path of asked)
    expect(findOperation("GET", new URL(path, "https://messaging.twilio.com")), path).toBeDefined();
});

/** The values of an enumeration in Twilio's documents. */
function documented(name: string): string[] {
  const found = OPERATIONS.find(({ host }) => host === "messaging.twilio.com")?.schemas[name]?.enum;
  if (!Array.isArray(found)) throw new Error(`Twilio's documents have no enumeration ${name}`);
  return found.map(String);
}

test("every state of a brand and of a verification that Twilio's documents have is put into words", () => {
  expect(Object.keys(BRAND_STATES).toSorted()).toEqual(documented("brand_registrations_enum_status").toSorted());
  const verification = documented("tollfree_verification_enum_status").toSorted();
  expect(Object.keys(VERIFICATION_STATES).toSorted()).toEqual(verification);
});

const UNKNOWN = ["", "approved", "Approved", "VERIFIED ", "TWILIO_APPROVED_LATER", "constructor", "__proto__"];

test.each([
  ...[...documented("brand_registrations_enum_status"), ...UNKNOWN]
    .filter((state) => state !== "APPROVED")
    .map((state) => ["brand", state] as const),
  ...["PENDING", "IN_PROGRESS", "FAILED", "SUSPENDED", "APPROVED", ...UNKNOWN].map(
    (state) => ["campaign", state] as const,
  ),
])("a local number is not verified while its %s is %j; the toll-free number is", async (what, state) => {
  const { brand, campaign, local, tollfree, word } = site();
  if (what === "brand") Object.assign(brand, { status: state });
  else Object.assign(campaign, { campaign_status: state });
  expect(await word(local)).toEqual({ isVerified: false, reasons: [expect.stringContaining(what)] });
  expect(await word(tollfree)).toEqual({ isVerified: true });
});

test.each([
  ...[...documented("tollfree_verification_enum_status"), "VERIFIED", ...UNKNOWN].filter(
    (state) => state !== "TWILIO_APPROVED",
  ),
])("a toll-free number is not verified while its verification is %j; the local number is", async (state) => {
  const { verifications, local, tollfree, word } = site();
  Object.assign(verifications[0] ?? {}, { status: state });
  expect(await word(tollfree)).toEqual({ isVerified: false, reasons: [expect.stringContaining("verification")] });
  expect(await word(local)).toEqual({ isVerified: true });
});

type Site = ReturnType<typeof site>;

test.each<[string, (of: Site) => void, string]>([
  ["a deleted campaign", ({ twilio }) => void twilio.state.campaigns.splice(0), "no campaign"],
  ["a deleted brand", ({ twilio }) => twilio.state.brandRegistrations.clear(), "no brand"],
  ["a deleted service", ({ twilio }) => twilio.state.services.clear(), "no campaign"],
  ["an empty pool", ({ twilio }) => twilio.state.senders.clear(), "not a sender"],
  ["a campaign with errors", ({ campaign }) => campaign.errors.push(ERROR), "error 30886"],
  [
    "a campaign with an error of another form",
    ({ campaign }) => Object.assign(campaign, { errors: ["bad"] }),
    "error without",
  ],
  ["a mock campaign", ({ campaign }) => Object.assign(campaign, { mock: true }), "a mock"],
  ["a mock brand", ({ brand }) => Object.assign(brand, { mock: true }), "a mock"],
  ["a campaign of another account", ({ campaign }) => Object.assign(campaign, OTHER), "belongs to another account"],
  ["a brand of another account", ({ brand }) => Object.assign(brand, OTHER), "belongs to another account"],
  ["a number in another service's pool", moveToOtherPool, "not a sender"],
  [
    "another number under the same SID",
    ({ twilio, local }) =>
      Object.assign(twilio.state.senders.get(local.numberSid) ?? {}, { phone_number: "+13105550142" }),
    "not a sender",
  ],
])("a local number is not verified by %s", async (_what, change, reason) => {
  const of = site();
  change(of);
  expect(await of.word(of.local)).toMatchObject({ isVerified: false, reasons: [expect.stringContaining(reason)] });
});

const OTHER = { account_sid: `AC${"f".repeat(32)}` };
const ERROR = {
  error_code: 30886,
  description: "Bad",
  url: "https://www.twilio.com/docs/api/errors/30886",
  fields: [],
};

function moveToOtherPool({ twilio, local }: Site): void {
  const number = twilio.state.numbers.get(local.numberSid);
  if (number === undefined) throw new Error("no number");
  addSender(twilio.state, addMessagingService(twilio.state, { friendly_name: "Another" }), number);
}

test("a verification counts for its own number alone, and a campaign is not a verification", async () => {
  const { word, local, tollfree } = site();
  const { sender, numberSid } = local;
  expect(await word({ ...tollfree, sender, numberSid })).toMatchObject({
    reasons: [expect.stringContaining("another number")],
  });
  expect(await word({ ...tollfree, registrationSid: CAMPAIGN })).toMatchObject({ isVerified: false });
  expect(await word({ ...local, registrationSid: tollfree.registrationSid })).toMatchObject({ isVerified: false });
});

test("Twilio's reason for a rejection is repeated", async () => {
  const { verifications, tollfree, word } = site();
  const rejection = { status: "TWILIO_REJECTED", error_code: 30513, rejection_reason: "Opt-in not found" };
  Object.assign(verifications[0] ?? {}, rejection);
  const { reasons } = { reasons: [] as readonly string[], ...(await word(tollfree)) };
  expect(reasons.join("; ")).toContain("is rejected (TWILIO_REJECTED)");
  expect(reasons.join("; ")).toContain("error 30513 (https://www.twilio.com/docs/api/errors/30513)");
  expect(reasons.join("; ")).toContain("Opt-in not found");
});

test("a number on the second page of its pool is found, and the next page is asked for at Twilio alone", async () => {
  const { local, get } = site();
  const asked: string[] = [];
  const paged: GetFromTwilio = async (path) => {
    asked.push(path);
    const body = await get(path.replace("&Page=1", ""));
    if (!path.includes("/PhoneNumbers") || path.includes("Page=1&") || path.endsWith("&Page=1")) return body;
    return { phone_numbers: [], meta: { next_page_url: "https://elsewhere.example/v2/Steal?PageSize=100&Page=1" } };
  };
  const read = await readRegistrations(paged, [local]);
  expect([...read.pools.values()][0]).toHaveLength(1);
  expect(asked.at(-1)).toMatch(/^\/v1\/Services\/MG[0-9a-f]{32}\/PhoneNumbers\?PageSize=100&Page=1$/);
});

test.each<[string, unknown]>([
  ["a page of HTML", "<html>"],
  ["nothing", null],
  ["a list without its items", { meta: { next_page_url: null } }],
  [
    "a list that does not end",
    { services: [], meta: { next_page_url: "https://messaging.twilio.com/v1/Services?Page=1" } },
  ],
  [
    "a service with another kind of SID",
    { services: [{ sid: "../Steal", account_sid: OTHER.account_sid }], meta: { next_page_url: null } },
  ],
])("%s is no reading, and the error says of which request", async (_what, body) => {
  await expect(readRegistrations(async () => body, [site().local])).rejects.toThrow("/v1/Services");
});

test("another resource than the one that was asked for is no reading", async () => {
  const { tollfree, get } = site();
  const swapped: GetFromTwilio = async (path) => ({ ...Object(await get(path)), sid: `HH${"f".repeat(32)}` });
  await expect(readRegistrations(swapped, [tollfree])).rejects.toThrow("another resource");
});

test("without a sender Twilio is not asked", async () => {
  const { get, asked } = site();
  await readRegistrations(get, []);
  expect(asked).toEqual([]);
});
