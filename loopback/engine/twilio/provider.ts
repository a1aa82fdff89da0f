/**
 * A stand-in for the bridged Terraform provider `twilio/twilio` 0.18.46. It uses Twilio's own SDK. Neither the SDK nor the real provider
 * can be given another base URL, so both go through the loopback cloud's proxy (HTTP_PROXY, NODE_EXTRA_CA_CERTS).
 */
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { z } from "zod";
import { parse } from "../protocol/parse.ts";
import type { ProviderStandIn } from "../protocol/provider-server.ts";
import { type TwilioClient, twilioClient } from "./client.ts";
import { campaign, message } from "./messaging.ts";
import { incomingPhoneNumber } from "./number.ts";
import { parameterize } from "./parameter.ts";

const ProviderConfig = z.object({
  username: z.string().min(1),
  password: z.string().min(1),
  accountSid: z.string().optional(),
});

/** The provider as the engine sees it, attached under the name of the bridge. */
export const twilioProvider: ProviderStandIn<TwilioClient> = {
  name: "terraform-provider",
  version: "1.1.3",
  abilities: { acceptSecrets: false, acceptOutputs: false, autonaming: true },
  checkConfig: (request) => new proto.CheckResponse().setInputs(request.getNews()),
  diffConfig: () => new proto.DiffResponse(),
  parameterize,
  configure: (config) => twilioClient(parse(ProviderConfig, config, 'the config of the provider "twilio"')),
  resources: {
    "twilio:index/apiAccountsIncomingPhoneNumbers:ApiAccountsIncomingPhoneNumbers": incomingPhoneNumber,
    "twilio:index/apiAccountsMessages:ApiAccountsMessages": message,
    "twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1": campaign,
  },
  functions: {},
};
