/**
 * The API for calls. A created call is queued; nothing here places it.
 * Source: https://www.twilio.com/docs/voice/api/call-resource
 */
import { Hono } from "hono";
import type { CallResource } from "../records.ts";
import { passesDateFilters } from "../serving/date-filters.ts";
import { notFoundError } from "../serving/errors.ts";
import { formParams, readForm } from "../serving/form.ts";
import { page2010 } from "../serving/pages.ts";
import { numberOf, type TwilioState } from "../state.ts";
import { apiDate, newSid, subresourceUris } from "../values.ts";
import { checkOutboundCall } from "./check-outbound-call.ts";

const START_TIME = { name: "StartTime", includesLastDay: false };

/** The routes under `/Calls` of an account. */
export function callsApi(state: TwilioState): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const query = c.req.query();
    const { To, From, Status } = query;
    const found = state.calls.filter(
      ({ resource }) =>
        (To === undefined || resource.to === To) &&
        (From === undefined || resource.from === From) &&
        (Status === undefined || resource.status === Status) &&
        passesDateFilters(query, START_TIME, resource.start_time),
    );
    return page2010(c, "calls", found.map(({ resource }) => resource).reverse());
  });
  app.post("/", async (c) => {
    const form = await readForm(c);
    const resource = newCall(state, {
      ...checkOutboundCall(state, form),
      direction: "outbound-api",
      status: "queued",
    });
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

/** Makes a call that begins now, inbound or outbound. It is not in the state yet. */
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
    subresource_uris: subresourceUris(uri, SUBRESOURCES),
  };
}

const SUBRESOURCES = [
  ...["notifications", "recordings", "payments", "events", "siprec", "streams", "transcriptions"],
  ...["user_defined_message_subscriptions", "user_defined_messages"],
];

const UNANSWERED = {
  parent_call_sid: null,
  start_time: null,
  end_time: null,
  duration: null,
  price: null,
  price_unit: "USD",
  annotation: null,
  answered_by: null,
  caller_name: null,
  forwarded_from: null,
  group_sid: null,
  queue_time: "0",
  trunk_sid: null,
  api_version: "2010-04-01",
};
