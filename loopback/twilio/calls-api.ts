/**
 * Calls over the API. A created call is queued; nothing here places it.
 * Source: https://www.twilio.com/docs/voice/api/call-resource
 */
import { Hono } from "hono";
import { notFoundError, TwilioError } from "./errors.ts";
import { formParams, readForm, required } from "./form.ts";
import { page2010 } from "./pages.ts";
import type { CallResource } from "./records.ts";
import { numberOf, type TwilioState } from "./state.ts";
import { apiDate, newSid } from "./values.ts";

/** The routes under `/Calls` of an account. */
export function callsApi(state: TwilioState): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const { To, From, Status } = c.req.query();
    const found = state.calls.filter(
      ({ resource }) =>
        (To === undefined || resource.to === To) &&
        (From === undefined || resource.from === From) &&
        (Status === undefined || resource.status === Status),
    );
    return page2010(c, "calls", found.map(({ resource }) => resource).reverse());
  });
  app.post("/", async (c) => {
    const form = await readForm(c);
    const resource = outboundCall(state, form);
    state.calls.push({ resource, params: formParams(form) });
    return c.json(resource, 201);
  });
  app.get("/:sid", (c) => {
    const found = state.calls.find(({ resource }) => resource.sid === c.req.param("sid"));
    if (found === undefined) throw notFoundError(new URL(c.req.url).pathname);
    return c.json(found.resource);
  });
  return app;
}

function outboundCall(state: TwilioState, form: URLSearchParams): CallResource {
  const to = required(form, "To", 21201, "No 'To' number is specified");
  const from = required(form, "From", 21213, "No 'From' number is specified");
  if (numberOf(state, from) === undefined) {
    throw new TwilioError(400, 21210, `The source phone number provided, ${from}, is not a number of this account.`);
  }
  if (!["Url", "Twiml", "ApplicationSid"].some((name) => form.has(name))) {
    throw new TwilioError(400, 21205, "Url parameter is required.");
  }
  return newCall(state, { from, to, direction: "outbound-api", status: "queued" });
}

/** A call that comes up now, inbound or outbound. */
export function newCall(
  state: TwilioState,
  call: Pick<CallResource, "from" | "to" | "direction" | "status">,
): CallResource {
  const sid = newSid("CA");
  const now = apiDate(new Date());
  const uri = `/2010-04-01/Accounts/${state.accountSid}/Calls/${sid}`;
  const own = numberOf(state, call.direction === "inbound" ? call.to : call.from);
  return {
    ...call,
    ...UNANSWERED,
    sid,
    account_sid: state.accountSid,
    phone_number_sid: own?.sid ?? null,
    from_formatted: call.from,
    to_formatted: call.to,
    date_created: now,
    date_updated: now,
    uri: `${uri}.json`,
    subresource_uris: { notifications: `${uri}/Notifications.json`, recordings: `${uri}/Recordings.json` },
  };
}

const UNANSWERED = {
  parent_call_sid: null,
  start_time: null,
  end_time: null,
  duration: null,
  price: null,
  price_unit: "USD",
  answered_by: null,
  caller_name: null,
  forwarded_from: null,
  group_sid: null,
  queue_time: "0",
  trunk_sid: null,
  api_version: "2010-04-01",
};
