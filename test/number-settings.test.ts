/** Every setting of a number is known: a new one of the provider must be judged before it can take calls or texts away unseen. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OVERRIDES } from "../hub/urls/overrides.ts";
import { WEBHOOK_PROPERTIES } from "../hub/urls/registered-url.ts";
import { PROJECT } from "../tools/cli/paths.ts";

/** The settings that move no webhook. Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource */
const HARMLESS = [
  ...["accountSid", "pathAccountSid", "apiAccountsIncomingPhoneNumbersId", "sid", "phoneNumber", "areaCode"],
  ...["addressSid", "bundleSid", "identitySid", "emergencyAddressSid", "emergencyStatus"],
  ...["apiVersion", "friendlyName", "voiceCallerIdLookup"],
];

test("each property of a number overrides its URLs, is one of them, or is known to move no webhook", async () => {
  const source = await readFile(join(PROJECT, "sdks", "twilio", "incoming-phone-number.ts"), "utf8");
  const properties = [...source.matchAll(/^ {2}declare readonly (\w+):/gm)].map(([, name]) => name);
  const judged = [
    ...OVERRIDES.map(({ property }) => property),
    ...WEBHOOK_PROPERTIES.flatMap(({ url, method }) => [url, method]),
    ...HARMLESS,
  ];
  expect(judged.toSorted()).toEqual(properties.toSorted());
});
