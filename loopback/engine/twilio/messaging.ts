/** The resources for texts and A2P campaigns, which must not be created while 10DLC is unapproved. */
import { z } from "zod";
import { bridgedResource, isNew } from "../protocol/bridged-resource.ts";
import { parse } from "../protocol/parse.ts";
import { type Properties, UNKNOWN } from "../protocol/properties.ts";
import type { TwilioClient } from "./client.ts";

const MESSAGE = "ApiAccountsMessages";
const CAMPAIGN = "MessagingServicesComplianceUsa2pV1";

const MessageInputs = z.strictObject({
  to: z.string(),
  from: z.string().exactOptional(),
  messagingServiceSid: z.string().exactOptional(),
  body: z.string().exactOptional(),
  statusCallback: z.string().exactOptional(),
});

/** An outbound text. */
export const message = bridgedResource<TwilioClient>({
  replaceOn: ["to", "from", "messagingServiceSid", "statusCallback"],
  plan: (inputs, state) => ({ ...(isNew(state) && { sid: UNKNOWN, status: UNKNOWN }), ...state, ...inputs }),
  importedInputs: ({ to, from, messagingServiceSid, body }) => ({ to, from, messagingServiceSid, body }),
  /**
   * Sends the text, and then posts its body again as an update.
   * Source: https://github.com/twilio/terraform-provider-twilio/blob/main/twilio/resources/api/v2010/api_default.go
   */
  async create(client, inputs) {
    const { body = "", ...others } = parse(MessageInputs, inputs, MESSAGE);
    const { sid } = await client.messages.create({ ...others, body });
    return { id: sid, outputs: messageOutputs(await client.messages(sid).update({ body }), inputs) };
  },
  async read(client, id, outputs) {
    return { id, outputs: messageOutputs(await client.messages(id).fetch(), outputs) };
  },
  /** Posts the body. Twilio refuses a new body unless it is empty. */
  async update(client, id, inputs) {
    const { body = "" } = parse(MessageInputs, inputs, MESSAGE);
    return messageOutputs(await client.messages(id).update({ body }), inputs);
  },
  /** Deletes Twilio's record of the text. The text itself cannot be recalled. */
  async delete(client, id) {
    await client.messages(id).remove();
  },
});

const CampaignInputs = z.strictObject({
  messagingServiceSid: z.string(),
  brandRegistrationSid: z.string(),
  description: z.string(),
  messageFlow: z.string(),
  messageSamples: z.array(z.string()),
  usAppToPersonUsecase: z.string(),
  hasEmbeddedLinks: z.boolean(),
  hasEmbeddedPhone: z.boolean(),
});

/** An A2P campaign. Its import ID is `<messaging service>/<campaign>`. */
export const campaign = bridgedResource<TwilioClient>({
  replaceOn: Object.keys(CampaignInputs.shape),
  plan: (inputs, state) => ({ ...(isNew(state) && { sid: UNKNOWN }), ...state, ...inputs }),
  importedInputs: ({ sid: _sid, ...inputs }) => inputs,
  /** Registers the campaign with the carriers. */
  async create(client, properties) {
    const { messagingServiceSid, ...inputs } = parse(CampaignInputs, properties, CAMPAIGN);
    const created = await client.messaging.v1.services(messagingServiceSid).usAppToPerson.create(inputs);
    return { id: created.sid, outputs: campaignOutputs(created) };
  },
  async read(client, id, outputs) {
    const [service, sid] = id.includes("/") ? id.split("/", 2) : [serviceOf(outputs), id];
    const live = await context(client, service ?? "", sid ?? "").fetch();
    return { id: live.sid, outputs: campaignOutputs(live) };
  },
  update: async (_client, _id, inputs, outputs) => ({ ...outputs, ...inputs }),
  /** Deletes the campaign. Its registration is lost. */
  async delete(client, id, outputs) {
    await context(client, serviceOf(outputs), id).remove();
  },
});

function context(client: TwilioClient, service: string, sid: string) {
  return client.messaging.v1.services(service).usAppToPerson(sid);
}

function serviceOf(outputs: Properties): string {
  return parse(CampaignInputs.pick({ messagingServiceSid: true }).strip(), outputs, CAMPAIGN).messagingServiceSid;
}

function messageOutputs(live: object, given: Properties): Properties {
  const fields = ["sid", "to", "from", "messagingServiceSid", "body", "status"];
  return { ...given, ...Object.fromEntries(fields.map((field) => [field, Reflect.get(live, field)])) };
}

function campaignOutputs(live: object): Properties {
  const fields = ["sid", ...Object.keys(CampaignInputs.shape)];
  return Object.fromEntries(fields.map((field) => [field, Reflect.get(live, field)]));
}
