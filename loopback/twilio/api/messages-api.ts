/**
 * The API for texts. A created text is queued; nothing here sends it.
 * Source: https://www.twilio.com/docs/messaging/api/message-resource
 */
import { type Context, Hono } from "hono";
import type { MessageResource } from "../records.ts";
import { passesDateFilters } from "../serving/date-filters.ts";
import { notFoundError, TwilioError } from "../serving/errors.ts";
import { formParams, readForm, required } from "../serving/form.ts";
import { page2010 } from "../serving/pages.ts";
import { numberOf, type TwilioState } from "../state.ts";
import { apiDate, newSid, subresourceUris } from "../values.ts";

/** A phone number in E.164, with the channel before it unless it is a plain text: `whatsapp:+12135550100`. */
const RECIPIENT = /^([a-z]+:)?\+[1-9]\d{1,14}$/;
const DATE_SENT = { name: "DateSent", includesLastDay: true };

/**
 * The routes under `/Messages` of an account.
 *
 * @param onCreated gets the SID of each new text
 */
export function messagesApi(state: TwilioState, onCreated: (sid: string) => void): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const query = c.req.query();
    const { To, From } = query;
    const found = state.messages.filter(
      ({ resource }) =>
        (To === undefined || resource.to === To) &&
        (From === undefined || resource.from === From) &&
        passesDateFilters(query, DATE_SENT, resource.date_sent),
    );
    return page2010(c, "messages", found.map(({ resource }) => resource).reverse());
  });
  app.post("/", async (c) => {
    const form = await readForm(c, "messages");
    const resource = outboundMessage(state, form);
    state.messages.push({ resource, params: formParams(form) });
    onCreated(resource.sid);
    return c.json(answerToCreate(resource), 201);
  });
  app.get("/:sid", (c) => c.json(existing(state, c)));
  app.post("/:sid", async (c) => {
    const message = existing(state, c);
    redact(message, (await readForm(c)).get("Body"));
    return c.json(message);
  });
  app.delete("/:sid", (c) => {
    const { sid } = existing(state, c);
    const at = state.messages.findIndex(({ resource }) => resource.sid === sid);
    state.messages.splice(at, 1);
    return c.body(null, 204);
  });
  return app;
}

/** A text that was just created has no feedback yet, so the answer to its creation does not link to it. */
function answerToCreate(message: MessageResource): MessageResource {
  const { feedback: _feedback, ...subresource_uris } = message.subresource_uris;
  return { ...message, subresource_uris };
}

function existing(state: TwilioState, c: Context): MessageResource {
  const found = state.messages.find(({ resource }) => resource.sid === c.req.param("sid"));
  if (found === undefined) throw notFoundError(new URL(c.req.url).pathname);
  return found.resource;
}

/**
 * Updates a text's body, which can only be emptied. Posting the same body again changes nothing: Terraform's provider does that after
 * each create. Twilio does not document its answer to that.
 *
 * @throws TwilioError 20001 if the body is another text
 */
function redact(message: MessageResource, body: string | null): void {
  if (body === null || body === message.body) return;
  if (body !== "") throw new TwilioError(400, 20001, "Body can only be updated to an empty text");
  message.body = "";
}

function outboundMessage(state: TwilioState, form: URLSearchParams): MessageResource {
  const to = required(form, "To", 21604, "A 'To' phone number is required.");
  if (!RECIPIENT.test(to)) throw new TwilioError(400, 21211, `The 'To' number ${to} is not a valid phone number.`);
  const service = form.get("MessagingServiceSid");
  const from = service === null ? required(form, "From", 21603, "A 'From' phone number is required.") : null;
  if (from !== null && numberOf(state, from) === undefined) {
    throw new TwilioError(400, 21606, `The 'From' phone number provided (${from}) is not a number of this account.`);
  }
  if (service !== null && !state.services.has(service)) throw notFoundError(`/Services/${service}`);
  const media = form.getAll("MediaUrl");
  const body = media.length > 0 ? (form.get("Body") ?? "") : required(form, "Body", 21602, "Message body is required.");
  return {
    ...newMessage(state, {
      from,
      to,
      body,
      direction: "outbound-api",
      status: service === null ? "queued" : "accepted",
    }),
    messaging_service_sid: service,
    num_media: String(media.length),
    // The service cuts the text into segments later.
    ...(service !== null && { num_segments: "0" }),
  };
}

/** Makes a text that begins now, inbound or outbound. It is not in the state yet. */
export function newMessage(
  state: TwilioState,
  text: Pick<MessageResource, "from" | "to" | "body" | "direction" | "status">,
): MessageResource {
  const sid = newSid("SM");
  const now = apiDate(new Date());
  const uri = `/2010-04-01/Accounts/${state.accountSid}/Messages/${sid}`;
  return {
    ...text,
    sid,
    account_sid: state.accountSid,
    messaging_service_sid: null,
    num_segments: "1",
    num_media: "0",
    error_code: null,
    error_message: null,
    price: null,
    price_unit: "USD",
    api_version: "2010-04-01",
    tags: null,
    date_created: now,
    date_updated: now,
    date_sent: text.direction === "inbound" ? now : null,
    uri: `${uri}.json`,
    subresource_uris: subresourceUris(uri, ["media", "feedback"]),
  };
}
