/**
 * The API for the A2P 10DLC campaigns of messaging services.
 * Source: https://www.twilio.com/docs/messaging/api/usapptoperson-resource
 */
import { Hono } from "hono";
import { addCampaign, type CampaignDetails } from "../registrations/campaign.ts";
import { notFoundError, TwilioError } from "../serving/errors.ts";
import { readForm, required } from "../serving/form.ts";
import { pageV1 } from "../serving/pages.ts";
import type { TwilioState } from "../state.ts";
import { existingService } from "./services-api.ts";

const PATH = "/:service/Compliance/Usa2p";

/** The routes under `/v1/Services/:service/Compliance/Usa2p`, for the app that serves `/v1/Services`. */
export function campaignsApi(state: TwilioState): Hono {
  const app = new Hono();
  const campaignsOf = (sid: string) => {
    const service = existingService(state, sid);
    return state.campaigns.filter((campaign) => campaign.messaging_service_sid === service.sid);
  };
  const existing = (service: string, sid: string) => {
    const found = campaignsOf(service).find((campaign) => campaign.sid === sid);
    if (found === undefined) throw notFoundError(`/v1/Services/${service}/Compliance/Usa2p/${sid}`);
    return found;
  };
  app.get(PATH, (c) => pageV1(c, "compliance", campaignsOf(c.req.param("service"))));
  app.post(PATH, async (c) => {
    const service = existingService(state, c.req.param("service"));
    return c.json(addCampaign(state, service, campaignDetails(await readForm(c))), 201);
  });
  app.get(`${PATH}/:sid`, (c) => c.json(existing(c.req.param("service"), c.req.param("sid"))));
  app.delete(`${PATH}/:sid`, (c) => {
    state.campaigns.splice(state.campaigns.indexOf(existing(c.req.param("service"), c.req.param("sid"))), 1);
    return c.body(null, 204);
  });
  return app;
}

function campaignDetails(form: URLSearchParams): CampaignDetails {
  const text = (name: string) => required(form, name, 20001, `Missing required parameter ${name} in the post body`);
  const samples = form.getAll("MessageSamples");
  if (samples.length < 2) throw new TwilioError(400, 20001, "MessageSamples must hold at least 2 samples");
  return {
    brand_registration_sid: text("BrandRegistrationSid"),
    description: text("Description"),
    message_flow: text("MessageFlow"),
    message_samples: samples,
    us_app_to_person_usecase: text("UsAppToPersonUsecase"),
    has_embedded_links: text("HasEmbeddedLinks") === "true",
    has_embedded_phone: text("HasEmbeddedPhone") === "true",
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
