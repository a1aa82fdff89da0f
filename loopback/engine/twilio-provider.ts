/**
 * Stands in for the bridged Terraform provider `twilio/twilio` 0.18.46, over Twilio's own SDK. That SDK goes through the proxy of the
 * loopback cloud (HTTP_PROXY, NODE_EXTRA_CA_CERTS), as the real provider does: neither can be given another base URL.
 */
import twilio from "twilio";
import { z } from "zod";
import type { Properties } from "./properties.ts";
import type { ProviderStandIn, ResourceStandIn } from "./provider-server.ts";

type Client = ReturnType<typeof twilio>;

/** What an update posts: every known field and not the changed ones alone. */
const NUMBER_FIELDS = [
  ...["accountSid", "apiVersion", "friendlyName"],
  ...["voiceUrl", "voiceMethod", "voiceFallbackUrl", "voiceFallbackMethod", "voiceCallerIdLookup", "voiceReceiveMode"],
  ...["statusCallback", "statusCallbackMethod", "voiceApplicationSid", "trunkSid"],
  ...["smsUrl", "smsMethod", "smsFallbackUrl", "smsFallbackMethod", "smsApplicationSid"],
  ...["addressSid", "identitySid", "bundleSid", "emergencyAddressSid", "emergencyStatus"],
];
const NUMBER_OUTPUTS = [...NUMBER_FIELDS, "phoneNumber", "sid"];

const number: ResourceStandIn<Client> = {
  replaceOn: ["phoneNumber", "areaCode"],
  computed: [...NUMBER_FIELDS, "phoneNumber", "areaCode", "pathAccountSid"],
  volatile: [],
  importedInputs: ({ sid: _sid, ...inputs }) => withoutZeroValues(inputs),
  async create(client, inputs) {
    const created = await client.incomingPhoneNumbers.create(known(inputs));
    return { id: created.sid, outputs: numberOutputs(created, inputs) };
  },
  // A number that is gone is an error and not an absence: the bridged provider does not handle the 404 either.
  async read(client, id, outputs) {
    return { id, outputs: numberOutputs(await client.incomingPhoneNumbers(id).fetch(), outputs) };
  },
  async update(client, id, inputs, outputs) {
    return numberOutputs(await client.incomingPhoneNumbers(id).update(known({ ...outputs, ...inputs })), inputs);
  },
  /** Releases the number. */
  async delete(client, id) {
    await client.incomingPhoneNumbers(id).remove();
  },
};

const MessageInputs = z.object({ to: z.string(), from: z.string(), body: z.string() });

const message: ResourceStandIn<Client> = {
  replaceOn: ["to", "from", "body"],
  computed: ["status"],
  volatile: ["status"],
  importedInputs: ({ to, from, body }) => ({ to, from, body }),
  /** Sends a text. */
  async create(client, inputs) {
    const { sid, status } = await client.messages.create(MessageInputs.parse(inputs));
    return { id: sid, outputs: { ...inputs, sid, status } };
  },
  async read(client, id) {
    const { sid, to, from, body, status } = await client.messages(id).fetch();
    return { id, outputs: { sid, to, from, body, status } };
  },
  update: async (_client, _id, inputs, outputs) => ({ ...outputs, ...inputs }),
  async delete(client, id) {
    await client.messages(id).remove();
  },
};

const CampaignInputs = z.object({
  messagingServiceSid: z.string(),
  brandRegistrationSid: z.string(),
  description: z.string(),
  messageFlow: z.string(),
  messageSamples: z.array(z.string()),
  usAppToPersonUsecase: z.string(),
  hasEmbeddedLinks: z.boolean(),
  hasEmbeddedPhone: z.boolean(),
});

const campaign: ResourceStandIn<Client> = {
  replaceOn: Object.keys(CampaignInputs.shape),
  computed: [],
  volatile: [],
  importedInputs: (outputs) => outputs,
  /** Registers an A2P campaign with the carriers. */
  async create(client, properties) {
    const { messagingServiceSid, ...inputs } = CampaignInputs.parse(properties);
    const { sid } = await client.messaging.v1.services(messagingServiceSid).usAppToPerson.create(inputs);
    return { id: sid, outputs: { ...properties, sid } };
  },
  async read(client, id, outputs) {
    await campaignContext(client, id, outputs).fetch();
    return { id, outputs };
  },
  update: async (_client, _id, inputs, outputs) => ({ ...outputs, ...inputs }),
  async delete(client, id, outputs) {
    await campaignContext(client, id, outputs).remove();
  },
};

function campaignContext(client: Client, id: string, outputs: Properties) {
  return client.messaging.v1.services(z.string().parse(outputs.messagingServiceSid)).usAppToPerson(id);
}

const ProviderConfig = z.object({ username: z.string(), password: z.string(), accountSid: z.string().optional() });

/** The provider as the engine sees it, attached under the name of the bridge. */
export const twilioProvider: ProviderStandIn<Client> = {
  name: "terraform-provider",
  version: "1.1.3",
  configure(config) {
    const { username, password, accountSid } = ProviderConfig.parse(config);
    return twilio(username, password, { accountSid: accountSid ?? username });
  },
  resources: {
    "twilio:index/apiAccountsIncomingPhoneNumbers:ApiAccountsIncomingPhoneNumbers": number,
    "twilio:index/apiAccountsMessages:ApiAccountsMessages": message,
    "twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1": campaign,
  },
  functions: {},
};

/** What of a property bag may be posted: the number's own fields, and no empty ones. */
function known(properties: Properties): Properties {
  const entries = Object.entries(properties).filter(([key, value]) => NUMBER_FIELDS.includes(key) && value !== "");
  return Object.fromEntries(entries);
}

/** What the bridge leaves out of the inputs of an import. */
function withoutZeroValues(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== "" && value !== false));
}

/** What Twilio says of a number, with what only the program knows of it. */
function numberOutputs(live: object, given: Properties): Properties {
  const fields = NUMBER_OUTPUTS.map((field) => [field, Reflect.get(live, field)]);
  return {
    ...Object.fromEntries(fields),
    ...(given.pathAccountSid !== undefined && { pathAccountSid: given.pathAccountSid }),
  };
}
