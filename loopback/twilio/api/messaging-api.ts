/**
 * The API of messaging.twilio.com: messaging services and their A2P 10DLC campaigns.
 * Sources: https://www.twilio.com/docs/messaging/api/service-resource and
 * https://www.twilio.com/docs/messaging/api/usapptoperson-resource
 */
import { Hono } from "hono";
import type { Campaign, MessagingService } from "../records.ts";
import { notFoundError, TwilioError } from "../serving/errors.ts";
import { readForm, required } from "../serving/form.ts";
import { pageV1 } from "../serving/pages.ts";
import type { TwilioState } from "../state.ts";
import { isoDate, newSid, pathSegment } from "../values.ts";

/** The routes under `/v1/Services`. */
export function messagingApi(state: TwilioState): Hono {
  const app = new Hono();
  app.get("/", (c) => pageV1(c, "services", [...state.services.values()]));
  app.post("/", async (c) => {
    const service = messagingService(state, await readForm(c));
    state.services.set(service.sid, service);
    return c.json(service, 201);
  });
  app.get("/:service", (c) => c.json(existingService(state, c.req.param("service"))));
  app.delete("/:service", (c) => {
    state.services.delete(existingService(state, c.req.param("service")).sid);
    return c.body(null, 204);
  });
  addCampaignRoutes(app, state);
  return app;
}

function addCampaignRoutes(app: Hono, state: TwilioState): void {
  const path = "/:service/Compliance/Usa2p";
  const campaignsOf = (sid: string) => {
    const service = existingService(state, sid);
    return state.campaigns.filter((campaign) => campaign.messaging_service_sid === service.sid);
  };
  const existing = (service: string, sid: string) => {
    const found = campaignsOf(service).find((campaign) => campaign.sid === sid);
    if (found === undefined) throw notFoundError(`/v1/Services/${service}/Compliance/Usa2p/${sid}`);
    return found;
  };
  app.get(path, (c) => pageV1(c, "compliance", campaignsOf(c.req.param("service"))));
  app.post(path, async (c) => {
    const created = campaign(existingService(state, c.req.param("service")), await readForm(c));
    state.campaigns.push(created);
    return c.json(created, 201);
  });
  app.get(`${path}/:sid`, (c) => c.json(existing(c.req.param("service"), c.req.param("sid"))));
  app.delete(`${path}/:sid`, (c) => {
    state.campaigns.splice(state.campaigns.indexOf(existing(c.req.param("service"), c.req.param("sid"))), 1);
    return c.body(null, 204);
  });
}

function existingService(state: TwilioState, sid: string): MessagingService {
  const service = state.services.get(sid);
  if (service === undefined) throw notFoundError(`/v1/Services/${sid}`);
  return service;
}

function messagingService(state: TwilioState, form: URLSearchParams): MessagingService {
  const sid = newSid("MG");
  const now = isoDate(new Date());
  const url = `https://messaging.twilio.com/v1/Services/${sid}`;
  return {
    sid,
    account_sid: state.accountSid,
    friendly_name: required(form, "FriendlyName", 20001, "Missing required parameter FriendlyName in the post body"),
    inbound_request_url: form.get("InboundRequestUrl"),
    inbound_method: form.get("InboundMethod") ?? "POST",
    fallback_url: form.get("FallbackUrl"),
    fallback_method: form.get("FallbackMethod") ?? "POST",
    status_callback: form.get("StatusCallback"),
    sticky_sender: true,
    mms_converter: true,
    smart_encoding: true,
    scan_message_content: "inherit",
    fallback_to_long_code: true,
    area_code_geomatch: true,
    synchronous_validation: false,
    validity_period: 14400,
    usecase: form.get("Usecase") ?? "undeclared",
    us_app_to_person_registered: false,
    use_inbound_webhook_on_number: form.get("UseInboundWebhookOnNumber") === "true",
    sending_windows: [],
    date_created: now,
    date_updated: now,
    url,
    links: serviceLinks(url),
  };
}

function serviceLinks(url: string): Record<string, string> {
  const names = ["phone_numbers", "short_codes", "alpha_senders", "messages", "channel_senders"];
  return {
    ...Object.fromEntries([...names, "destination_alpha_senders"].map((name) => [name, `${url}/${pathSegment(name)}`])),
    us_app_to_person: `${url}/Compliance/Usa2p`,
    us_app_to_person_usecases: `${url}/Compliance/Usa2p/Usecases`,
  };
}

function campaign(service: MessagingService, form: URLSearchParams): Campaign {
  const sid = newSid("QE");
  const now = isoDate(new Date());
  const text = (name: string) => required(form, name, 20001, `Missing required parameter ${name} in the post body`);
  const samples = form.getAll("MessageSamples");
  if (samples.length < 2) throw new TwilioError(400, 20001, "MessageSamples must hold at least 2 samples");
  return {
    sid,
    account_sid: service.account_sid,
    messaging_service_sid: service.sid,
    brand_registration_sid: text("BrandRegistrationSid"),
    description: text("Description"),
    message_flow: text("MessageFlow"),
    message_samples: samples,
    us_app_to_person_usecase: text("UsAppToPersonUsecase"),
    has_embedded_links: text("HasEmbeddedLinks") === "true",
    has_embedded_phone: text("HasEmbeddedPhone") === "true",
    ...campaignOptions(form),
    campaign_status: "PENDING",
    campaign_id: null,
    is_externally_registered: false,
    rate_limits: null,
    mock: false,
    errors: [],
    date_created: now,
    date_updated: now,
    url: `${service.url}/Compliance/Usa2p/${sid}`,
  };
}

function campaignOptions(form: URLSearchParams) {
  return {
    subscriber_opt_in: form.get("SubscriberOptIn") === "true",
    age_gated: form.get("AgeGated") === "true",
    direct_lending: form.get("DirectLending") === "true",
    opt_in_message: form.get("OptInMessage") ?? "",
    opt_out_message: form.get("OptOutMessage") ?? "",
    help_message: form.get("HelpMessage") ?? "",
    opt_in_keywords: form.getAll("OptInKeywords"),
    opt_out_keywords: form.getAll("OptOutKeywords"),
    help_keywords: form.getAll("HelpKeywords"),
    privacy_policy_url: form.get("PrivacyPolicyUrl"),
    terms_and_conditions_url: form.get("TermsAndConditionsUrl"),
  };
}
