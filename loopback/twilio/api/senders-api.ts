/**
 * The API for the numbers in a messaging service's sender pool.
 * Source: https://www.twilio.com/docs/messaging/api/phonenumber-resource
 */
import { Hono } from "hono";
import type { ServicePhoneNumber } from "../messaging-records.ts";
import { addSender, sendersOf } from "../registrations/messaging-service.ts";
import { notFoundError, TwilioError } from "../serving/errors.ts";
import { readForm, required } from "../serving/form.ts";
import { pageV1 } from "../serving/pages.ts";
import type { TwilioState } from "../state.ts";
import { existingService } from "./services-api.ts";

const PATH = "/:service/PhoneNumbers";

/** The routes under `/v1/Services/:service/PhoneNumbers`, for the app that serves `/v1/Services`. */
export function sendersApi(state: TwilioState): Hono {
  const app = new Hono();
  app.get(PATH, (c) => {
    const { sid } = existingService(state, c.req.param("service"));
    return pageV1(c, "phone_numbers", sendersOf(state, sid));
  });
  app.post(PATH, async (c) => {
    const service = existingService(state, c.req.param("service"));
    const number = numberToAdd(state, service.sid, await readForm(c));
    return c.json(addSender(state, service, number), 201);
  });
  app.get(`${PATH}/:sid`, (c) => c.json(existingSender(state, c.req.param("service"), c.req.param("sid"))));
  app.delete(`${PATH}/:sid`, (c) => {
    state.senders.delete(existingSender(state, c.req.param("service"), c.req.param("sid")).sid);
    return c.body(null, 204);
  });
  return app;
}

function existingSender(state: TwilioState, serviceSid: string, sid: string): ServicePhoneNumber {
  const service = existingService(state, serviceSid);
  const sender = state.senders.get(sid);
  if (sender?.service_sid !== service.sid) throw notFoundError(`/v1/Services/${serviceSid}/PhoneNumbers/${sid}`);
  return sender;
}

/** @throws TwilioError 21421 if the account does not have the number, 21710 if it is in this pool, 21712 if it is in another one */
function numberToAdd(state: TwilioState, serviceSid: string, form: URLSearchParams) {
  const message = "Missing required parameter PhoneNumberSid in the post body";
  const number = state.numbers.get(required(form, "PhoneNumberSid", 20001, message));
  if (number === undefined) throw new TwilioError(400, 21421, "PhoneNumber is invalid");
  const pool = state.senders.get(number.sid)?.service_sid;
  if (pool === serviceSid)
    throw new TwilioError(409, 21710, "Phone Number or Short Code is already in the Messaging Service.");
  if (pool !== undefined)
    throw new TwilioError(409, 21712, "Phone Number or Short Code is associated with another Messaging Service.");
  return number;
}
