/**
 * The API for messaging services.
 * Source: https://www.twilio.com/docs/messaging/api/service-resource
 */
import { Hono } from "hono";
import type { MessagingService } from "../messaging-records.ts";
import { hasVerifiedCampaign } from "../registrations/campaign.ts";
import {
  addMessagingService,
  removeMessagingService,
  type ServiceSettings,
} from "../registrations/messaging-service.ts";
import { notFoundError } from "../serving/errors.ts";
import { readForm, required } from "../serving/form.ts";
import { pageV1 } from "../serving/pages.ts";
import type { TwilioState } from "../state.ts";
import { isoDate } from "../values.ts";

const URL_FIELDS = {
  InboundRequestUrl: "inbound_request_url",
  FallbackUrl: "fallback_url",
  StatusCallback: "status_callback",
} as const;

const TEXT_FIELDS = {
  FriendlyName: "friendly_name",
  InboundMethod: "inbound_method",
  FallbackMethod: "fallback_method",
  ScanMessageContent: "scan_message_content",
  Usecase: "usecase",
} as const;

const BOOLEAN_FIELDS = {
  StickySender: "sticky_sender",
  MmsConverter: "mms_converter",
  SmartEncoding: "smart_encoding",
  FallbackToLongCode: "fallback_to_long_code",
  AreaCodeGeomatch: "area_code_geomatch",
  SynchronousValidation: "synchronous_validation",
  UseInboundWebhookOnNumber: "use_inbound_webhook_on_number",
} as const;

/** The routes under `/v1/Services`. */
export function servicesApi(state: TwilioState): Hono {
  const app = new Hono();
  const answer = (service: MessagingService) => ({
    ...service,
    us_app_to_person_registered: hasVerifiedCampaign(state, service.sid),
  });
  app.get("/", (c) => pageV1(c, "services", [...state.services.values()].map(answer)));
  app.post("/", async (c) => {
    const form = await readForm(c);
    const message = "Missing required parameter FriendlyName in the post body";
    const friendly_name = required(form, "FriendlyName", 20001, message);
    return c.json(answer(addMessagingService(state, { ...postedSettings(form), friendly_name })), 201);
  });
  app.get("/:service", (c) => c.json(answer(existingService(state, c.req.param("service")))));
  app.post("/:service", async (c) => {
    const service = existingService(state, c.req.param("service"));
    Object.assign(service, postedSettings(await readForm(c)), { date_updated: isoDate(new Date()) });
    return c.json(answer(service));
  });
  app.delete("/:service", (c) => {
    removeMessagingService(state, existingService(state, c.req.param("service")));
    return c.body(null, 204);
  });
  return app;
}

/**
 * Finds a service.
 *
 * @throws TwilioError 20404 if the account does not have it
 */
export function existingService(state: TwilioState, sid: string): MessagingService {
  const service = state.services.get(sid);
  if (service === undefined) throw notFoundError(`/v1/Services/${sid}`);
  return service;
}

/** The settings of a form. An empty URL unsets it. */
function postedSettings(form: URLSearchParams): Partial<ServiceSettings> {
  const settings: Partial<ServiceSettings> = {};
  for (const [name, field] of entries(URL_FIELDS)) {
    const url = form.get(name);
    if (url !== null) settings[field] = url === "" ? null : url;
  }
  for (const [name, field] of entries(TEXT_FIELDS)) {
    const text = form.get(name);
    if (text) settings[field] = text;
  }
  for (const [name, field] of entries(BOOLEAN_FIELDS)) {
    const flag = form.get(name);
    if (flag) settings[field] = flag.toLowerCase() === "true";
  }
  const period = form.get("ValidityPeriod");
  if (period) settings.validity_period = Number(period);
  return settings;
}

function entries<Name extends string, Field extends string>(fields: Readonly<Record<Name, Field>>): [string, Field][] {
  return Object.entries<Field>(fields);
}
