import { getSignatureAlgorithm } from "twilio/lib/webhooks/webhooks.js";
import { expect, test } from "vitest";
import { SharedKeyId } from "../../hub/config/signing.ts";
import { KEY } from "../../hub/testing/signing.ts";
import { namedKey, signatureSettings } from "./signature-settings.ts";

const NAMED = { id: SharedKeyId.parse(KEY), algorithm: "HMAC_SHA256" } as const;
const HEADER = `key=${KEY},algorithm=HMAC_SHA256`;

test("a header names a key and its algorithm, as Twilio's library reads it", () => {
  expect(namedKey(HEADER)).toEqual(NAMED);
  expect(signatureSettings(NAMED)).toBe(HEADER);
  expect(getSignatureAlgorithm(HEADER)).toBe("HMAC_SHA256");
});

const MALFORMED: readonly [string, string][] = [
  ["is empty", ""],
  ["lacks the algorithm", `key=${KEY}`],
  ["lacks the key", "algorithm=HMAC_SHA256"],
  ["has an empty algorithm", `key=${KEY},algorithm=`],
  ["has an empty key", "key=,algorithm=HMAC_SHA256"],
  ["names the auth token's algorithm", `key=${KEY},algorithm=HMAC_SHA1`],
  ["names an algorithm that nobody has", `key=${KEY},algorithm=HMAC_SHA512`],
  ["names no hash", `key=${KEY},algorithm=none`],
  ["has another order", `algorithm=HMAC_SHA256,key=${KEY}`],
  ["has a blank", `key=${KEY}, algorithm=HMAC_SHA256`],
  ["has a blank before it", ` ${HEADER}`],
  ["has a line end", `${HEADER}\n`],
  ["is in upper case", HEADER.toUpperCase()],
  ["has an algorithm in lower case", `key=${KEY},algorithm=hmac_sha256`],
  ["has a key in upper case", `key=${KEY.toUpperCase()},algorithm=HMAC_SHA256`],
  ["has names in upper case", `Key=${KEY},Algorithm=HMAC_SHA256`],
  ["has a cut key", `key=${KEY.slice(0, -1)},algorithm=HMAC_SHA256`],
  ["has a longer key", `key=${KEY}a,algorithm=HMAC_SHA256`],
  ["has a key of another kind", `key=${KEY.replace("sharedkey", "setting")},algorithm=HMAC_SHA256`],
  ["is there twice", `${HEADER}, ${HEADER}`],
  ["is there twice without a blank", `${HEADER},${HEADER}`],
  ["has two algorithms", `${HEADER},algorithm=HMAC_SHA1`],
  ["has two keys", `key=${KEY},${HEADER}`],
  ["has a further part", `${HEADER},v=1`],
  ["ends with a comma", `${HEADER},`],
  ["is quoted", `"${HEADER}"`],
];

test.each(MALFORMED)("a header names no key if it %s", (_what, header) => {
  expect(namedKey(header)).toBeUndefined();
});

test("Twilio's library is laxer, which is why its reader is not used", () => {
  const read = MALFORMED.map(([, header]) => getSignatureAlgorithm(header));
  expect(new Set(read)).toContain("HMAC_SHA1");
  expect(getSignatureAlgorithm("")).toBe("HMAC_SHA1");
  expect(getSignatureAlgorithm(`${HEADER}, ${HEADER}`)).toBe("HMAC_SHA256");
});
