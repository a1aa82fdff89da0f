/** The limits of this judge: requests that no document has, operations that the loopback cloud does not serve, and examples that break their schema. */

/** Routes and requests that no document has. */
export const NOT_DOCUMENTED: readonly { readonly method: string; readonly path: RegExp; readonly reason: string }[] = [
  {
    method: "GET",
    path: /^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/Recordings\/RE[0-9a-f]{32}\.mp3$/,
    reason:
      "The documents have a recording's metadata alone. Its audio is described at https://www.twilio.com/docs/voice/api/recording#fetch-a-recording-media-file",
  },
];

/** Operations of the documents that a sender uses and the loopback cloud answers with 404. */
export const NOT_SERVED: Readonly<Record<string, string>> = {
  CreateIncomingPhoneNumber: "Nobody may buy a number by accident: the hub imports its numbers, and a purchase fails.",
};

/** Hosts of APIs that no document has yet, and their judge. */
export const JUDGED_BY_TYPES: Readonly<Record<string, string>> = {
  "webhooks.twilio.com":
    "The Webhooks configuration API is a public beta. The types of Twilio's own SDK judge it: loopback/twilio/configuration/sdk.test.ts.",
};

/** Examples of the documents that break their own schema, with the problem of each. */
export const WRONG_EXAMPLES: Readonly<Record<string, string>> = {
  'FetchPhoneNumber: /phone_number must match format "phone-number" {"format":"phone-number"}':
    "The number is 12345. Short codes have a resource of their own.",
};
