/** The engine's operations on the stand-in of the Twilio provider: create, import, refresh, update and delete of each resource. */
import type { Properties } from "../../../../loopback/engine/protocol/properties.ts";
import { newSid } from "../../../../loopback/twilio/values.ts";
import { createService } from "./account-steps.ts";
import type { Site } from "./site.ts";

const PACKAGE = "twilio:index";
const NUMBER = `${PACKAGE}/apiAccountsIncomingPhoneNumbers:ApiAccountsIncomingPhoneNumbers`;
const MESSAGE = `${PACKAGE}/apiAccountsMessages:ApiAccountsMessages`;
const CAMPAIGN = `${PACKAGE}/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1`;
const PERSON = "+12135550100";

/** Imports the hub's number, gives it the hub's URLs, and releases it. A purchase is refused. */
export async function sendNumbers({ provider, number, urls, cloud }: Site): Promise<void> {
  const { numbers } = cloud.twilio.state;
  const kept = structuredClone(numbers.get(number.sid));
  const imported = await provider.importResource(NUMBER, number.sid);
  if (imported === undefined || kept === undefined) throw new Error(`${number.sid} was not imported`);
  const { voiceUrl, smsUrl, statusCallback } = urls;
  const methods = { voiceMethod: "POST", smsMethod: "POST", statusCallbackMethod: "POST" };
  const updated = await provider.update(NUMBER, imported, { voiceUrl, smsUrl, statusCallback, ...methods });
  await provider.refresh(NUMBER, updated);
  await refused(provider.create(NUMBER, { phoneNumber: PERSON }));
  await provider.delete(NUMBER, updated);
  await refused(provider.refresh(NUMBER, updated));
  numbers.set(number.sid, kept);
}

/** Sends a text, reads it, empties it and deletes it. A text from a number of somebody else is refused. */
export async function sendTexts({ provider, number, urls }: Site): Promise<void> {
  const inputs = { to: PERSON, from: number.number, body: "Hello.", statusCallback: urls.messageStatusCallback };
  const text = await provider.create(MESSAGE, inputs);
  await provider.refresh(MESSAGE, text);
  await provider.update(MESSAGE, text, { ...inputs, body: "" });
  await provider.delete(MESSAGE, text);
  await refused(provider.create(MESSAGE, { ...inputs, from: PERSON }));
}

/** Registers a campaign, reads it and deletes it. One of an unknown service is refused. */
export async function sendCampaigns({ provider, cloud }: Site): Promise<void> {
  const service = await createService({ cloud });
  const campaign = await provider.create(CAMPAIGN, campaignInputs(service));
  await provider.refresh(CAMPAIGN, campaign);
  await provider.importResource(CAMPAIGN, `${service}/${campaign.id}`);
  await provider.delete(CAMPAIGN, campaign);
  await refused(provider.create(CAMPAIGN, campaignInputs(newSid("MG"))));
}

function campaignInputs(messagingServiceSid: string): Properties {
  return {
    messagingServiceSid,
    brandRegistrationSid: newSid("BN"),
    description: "Reminders of appointments",
    messageFlow: "Opt in by web form",
    messageSamples: ["one", "two"],
    usAppToPersonUsecase: "MIXED",
    hasEmbeddedLinks: true,
    hasEmbeddedPhone: false,
  };
}

/** @throws Error if Twilio accepts the request */
async function refused(request: Promise<unknown>): Promise<void> {
  const accepted = await request.then(
    () => true,
    () => false,
  );
  if (accepted) throw new Error("Twilio accepted a request that it refuses");
}
