/** What the servers and the load agree on: an account that does not exist, and the URLs of the loopback stack's first number. */
import { testManifest } from "../../handlers/testing/manifest.ts";
import { type RegisteredUrls, registeredUrls } from "../../hub/urls/urls.ts";

export const ACCOUNT_SID = "AC00000000000000000000000000000001";
export const AUTH_TOKEN = "token-of-the-benchmark";
export const MANIFEST = testManifest();

const [first] = MANIFEST.numbers;
if (first === undefined)
  throw new Error("Pulumi.loopback.yaml: hub:numbers is empty; the benchmark calls its first number");

/** The number that is called and texted. */
export const NUMBER = first.number;
/** What Twilio is told for it. */
export const URLS: RegisteredUrls = registeredUrls(MANIFEST, NUMBER);
