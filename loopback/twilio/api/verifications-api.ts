/**
 * The API for the verifications of toll-free numbers. They can only be read.
 * Source: https://www.twilio.com/docs/messaging/api/tollfree-verification-resource
 */
import { Hono } from "hono";
import { notFoundError } from "../serving/errors.ts";
import { pageV1 } from "../serving/pages.ts";
import type { TwilioState } from "../state.ts";

/** The routes under `/v1/Tollfree/Verifications`. */
export function verificationsApi(state: TwilioState): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const { TollfreePhoneNumberSid, Status, ExternalReferenceId } = c.req.query();
    const found = [...state.tollfreeVerifications.values()].filter(
      ({ tollfree_phone_number_sid, status, external_reference_id }) =>
        (TollfreePhoneNumberSid === undefined || tollfree_phone_number_sid === TollfreePhoneNumberSid) &&
        (Status === undefined || status === Status) &&
        (ExternalReferenceId === undefined || external_reference_id === ExternalReferenceId),
    );
    return pageV1(c, "verifications", found);
  });
  app.get("/:sid", (c) => {
    const verification = state.tollfreeVerifications.get(c.req.param("sid"));
    if (verification === undefined) throw notFoundError(`/v1/Tollfree/Verifications/${c.req.param("sid")}`);
    return c.json(verification);
  });
  return app;
}
