/** The account and the URLs that the servers and the load share: an account that does not exist, and the loopback stack's first number. */
import { testManifest } from "../../handlers/testing/manifest.ts";
import { type RegisteredUrls, registeredUrls } from "../../hub/urls/urls.ts";

export const ACCOUNT_SID = "AC00000000000000000000000000000001";
export const AUTH_TOKEN = "token-of-the-benchmark";
export const MANIFEST = testManifest();

const [first] = MANIFEST.numbers;
if (first === undefined)
  throw new Error("Pulumi.loopback.yaml: hub:numbers is empty; the benchmark calls its first number");

/** The number that receives the calls and texts. */
export const NUMBER = first.number;
/** The URLs that are registered with Twilio for it. */
export const URLS: RegisteredUrls = registeredUrls(MANIFEST, NUMBER);
