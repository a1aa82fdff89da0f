/** Where an inbound text goes if its number is in the sender pool of a messaging service. */
import { beforeEach, expect, test } from "vitest";
import type { IncomingPhoneNumber } from "../incoming-phone-number.ts";
import type { MessagingService } from "../messaging-records.ts";
import { addMessagingService, addSender } from "../registrations/messaging-service.ts";
import { CANONICAL, cloudSuite, FUNNEL, OWN, PERSON } from "../testing/cloud.ts";
import { ownNumber } from "./endpoints.ts";

const SERVICE_URL = `${CANONICAL}/sms/service`;

const { cloud, origin, verifies } = cloudSuite();
let number: IncomingPhoneNumber;
let service: MessagingService;

beforeEach(() => {
  const { state } = cloud().twilio;
  number = ownNumber(state, OWN);
  service = addMessagingService(state, { friendly_name: "The hub", inbound_request_url: SERVICE_URL });
  addSender(state, service, number);
});

const text = () => cloud().placeText({ to: OWN, from: PERSON, body: "hi" });
const logged = () => cloud().twilio.state.messages.map(({ resource }) => resource);

test("the text goes to the service's URL, with the service's SID", async () => {
  const { sid, attempts, takenBy } = await text();
  expect(attempts.map(({ url, method }) => [url, method])).toEqual([[SERVICE_URL, "POST"]]);
  expect(verifies(attempts[0])).toBe(true);
  const params = Object.fromEntries(new URLSearchParams(origin().received[0]?.body));
  expect(params).toMatchObject({ MessageSid: sid, MessagingServiceSid: service.sid, From: PERSON, To: OWN });
  expect(takenBy).toBe(service.sid);
  expect(logged()).toMatchObject([{ sid, messaging_service_sid: service.sid, status: "received" }]);
});

test("the service's method and fallback are used, not the number's", async () => {
  Object.assign(number, { sms_fallback_url: `${FUNNEL}/sms/number` });
  Object.assign(service, { inbound_method: "GET", fallback_url: `${FUNNEL}/sms/service`, fallback_method: "GET" });
  origin().statuses.push(500);
  const { attempts } = await text();
  expect(attempts.map(({ url, method }) => [url.replace(/\?.*/, ""), method])).toEqual([
    [SERVICE_URL, "GET"],
    [`${FUNNEL}/sms/service`, "GET"],
  ]);
});

test("a service that leaves its texts to the number: they go to the number's URL, with the service's SID", async () => {
  service.use_inbound_webhook_on_number = true;
  const { attempts, takenBy } = await text();
  expect(attempts.map(({ url }) => url)).toEqual([number.sms_url]);
  expect(attempts[0]?.params).toMatchObject({ MessagingServiceSid: service.sid });
  expect(takenBy).toBeUndefined();
  service.inbound_request_url = null;
  expect((await text()).attempts).toHaveLength(1);
});

test("a service without a URL drops the text, and the log does not have it", async () => {
  service.inbound_request_url = null;
  expect(await text()).toMatchObject({ attempts: [], takenBy: service.sid });
  expect(logged()).toEqual([]);
  expect(origin().received).toEqual([]);
});

test("an application of the number takes no text from a service, unless the service leaves it to the number", async () => {
  number.sms_application_sid = `AP${"1".repeat(32)}`;
  expect(await text()).toMatchObject({ attempts: [{ url: SERVICE_URL }], takenBy: service.sid });
  service.use_inbound_webhook_on_number = true;
  expect(await text()).toMatchObject({ attempts: [], takenBy: number.sms_application_sid });
});

test("a number that was removed from the pool gets its own texts again", async () => {
  cloud().twilio.state.senders.clear();
  const { attempts } = await text();
  expect(attempts.map(({ url }) => url)).toEqual([number.sms_url]);
  expect(attempts[0]?.params).not.toHaveProperty("MessagingServiceSid");
});

test("a service takes no calls", async () => {
  service.inbound_request_url = null;
  const { attempts } = await cloud().placeCall({ to: OWN, from: PERSON });
  expect(attempts.map(({ url }) => url)).toEqual([number.voice_url]);
});
