/** The resource `ApiAccountsIncomingPhoneNumbers`: a phone number. */
import { bridgedResource, isNew } from "../protocol/bridged-resource.ts";
import { type Properties, UNKNOWN } from "../protocol/properties.ts";
import type { TwilioClient } from "./client.ts";

/** The fields that an update posts. It posts every known field, not only the changed ones. */
const NUMBER_FIELDS = [
  ...["accountSid", "apiVersion", "friendlyName"],
  ...["voiceUrl", "voiceMethod", "voiceFallbackUrl", "voiceFallbackMethod", "voiceCallerIdLookup", "voiceReceiveMode"],
  ...["statusCallback", "statusCallbackMethod", "voiceApplicationSid", "trunkSid"],
  ...["smsUrl", "smsMethod", "smsFallbackUrl", "smsFallbackMethod", "smsApplicationSid"],
  ...["addressSid", "identitySid", "bundleSid", "emergencyAddressSid", "emergencyStatus"],
];
/** The properties that select a number to buy. */
const CHOICE = ["phoneNumber", "areaCode"];
const NUMBER_OUTPUTS = [...NUMBER_FIELDS, "phoneNumber", "sid"];
/** Properties missing in Twilio's answer. The state keeps the program's values. */
const GIVEN_ONLY = ["areaCode", "pathAccountSid"];

/** The resource. The bridged provider treats an empty text as unset, both in the program and in its requests. */
export const incomingPhoneNumber = bridgedResource<TwilioClient>({
  replaceOn: CHOICE,
  plan(inputs, state) {
    const computed = isNew(state) ? [...NUMBER_OUTPUTS, ...GIVEN_ONLY, "apiAccountsIncomingPhoneNumbersId"] : [];
    const unknown = Object.fromEntries(computed.map((name) => [name, UNKNOWN]));
    return { ...unknown, ...state, ...only([...NUMBER_FIELDS, ...CHOICE, ...GIVEN_ONLY], inputs) };
  },
  importedInputs: ({ sid: _sid, ...inputs }) =>
    Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== "" && value !== false)),
  /** Buys the number. */
  async create(client, inputs) {
    const created = await client.incomingPhoneNumbers.create(only([...NUMBER_FIELDS, ...CHOICE], inputs));
    return { id: created.sid, outputs: numberOutputs(created, inputs) };
  },
  // A released number is an error, not absent: the bridged provider does not handle the 404 either.
  async read(client, id, outputs) {
    return { id, outputs: numberOutputs(await client.incomingPhoneNumbers(id).fetch(), outputs) };
  },
  async update(client, id, inputs, outputs) {
    const planned = { ...only(NUMBER_FIELDS, outputs), ...only(NUMBER_FIELDS, inputs) };
    return numberOutputs(await client.incomingPhoneNumbers(id).update(planned), inputs);
  },
  /** Releases the number. */
  async delete(client, id) {
    await client.incomingPhoneNumbers(id).remove();
  },
});

/** The named properties that are set. */
function only(names: readonly string[], properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key, value]) => names.includes(key) && value !== ""));
}

/** The outputs for Twilio's answer: an empty text for each unset property, and the program's values of properties missing in the answer. */
function numberOutputs(live: object, given: Properties): Properties {
  const fields = NUMBER_OUTPUTS.map((field) => [field, Reflect.get(live, field) ?? ""]);
  return {
    ...Object.fromEntries(fields),
    // The bridge renames Terraform's `id`, because every resource of Pulumi has its own `id`.
    apiAccountsIncomingPhoneNumbersId: Reflect.get(live, "sid"),
    ...only(GIVEN_ONLY, given),
  };
}
