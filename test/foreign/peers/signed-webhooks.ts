/** Projects with a scheme of their own to sign webhooks. What they test of a signature holds for Twilio's too, unless the schemes differ. */
import { ANSWERED, APP, HOSTS, REFUSED, SIGNATURE, STORE } from "./our-tests.ts";
import { differs, foreign, held, type Peer } from "./peer-case.ts";

const OTHER_SCHEME = "Twilio's scheme has no such part.";
const NO_TIME =
  "Twilio signs no time. An old webhook that comes again is a repeat: it is known by the signed string for a day, and by its SID for ever.";
const ONE_SIGNATURE = "Twilio sends one signature. During a promotion of tokens, the handler has two tokens instead.";
const JSON_SIGNATURE = [SIGNATURE, "verifySignature, with a JSON body"] as const;
const KNOWN_EVENT = [
  STORE,
  "the store",
  "changes no row for a known event, even if its other parameters differ",
] as const;

/** Svix's libraries and its bridge. */
export const SVIX: Peer = {
  repository: "svix/svix-webhooks",
  cases: {
    "javascript/src/webhook.test.ts": [
      held(
        "Svix: an empty key is refused",
        APP,
        "createApp",
        "throws without an auth token and a signing key, and with an empty one",
      ),
      held("Svix: a request without a signature is refused", APP, REFUSED, "no signature"),
      held("Svix: a signature that is no signature is refused", SIGNATURE, "isSignatureShaped", "is false of %j"),
      held("Svix: a part of a signature is refused", SIGNATURE, "verifySignature", "a truncated signature"),
      held(
        "Svix: a valid signature is accepted",
        SIGNATURE,
        "verifySignature, over any request",
        "accepts a signed request",
      ),
      held("Svix: a known request has the known signature", SIGNATURE, "accepts Twilio's documented example"),
      differs(
        "Svix: one valid signature of several is enough",
        ONE_SIGNATURE,
        SIGNATURE,
        "verifySignature",
        "a signature given twice",
      ),
      differs("Svix: an old request is refused", NO_TIME, ...KNOWN_EVENT),
      foreign("Svix: a request without an id is refused", OTHER_SCHEME),
      foreign("Svix: a request without a time is refused", OTHER_SCHEME),
      foreign("Svix: a time that is no number is refused", OTHER_SCHEME),
      foreign("Svix: a time in the future is refused", OTHER_SCHEME),
      foreign("Svix: the headers have a second name", "Twilio's header has one name."),
      foreign("Svix: a key may have a prefix", "An auth token has no prefix."),
    ],
    "go/webhook_test.go": [
      held(
        "Svix: an empty key is refused beside a good one",
        APP,
        "createApp",
        "throws without an auth token and a signing key, and with an empty one",
      ),
      foreign("Svix: the tolerance of time can be switched off", OTHER_SCHEME),
    ],
    "bridge/svix-bridge/src/webhook_receiver/tests.rs": [
      held(
        "Svix: a body that is not the signed one is refused and not passed on",
        ...JSON_SIGNATURE,
        "refuses another body, another hash, a cut hash, and a URL without a hash",
      ),
      held("Svix: the signed body is passed on", APP, ANSWERED, "a JSON body whose hash is signed"),
      foreign("Svix: a receiver may work without a check", "The check cannot be switched off."),
      foreign("Svix: a webhook is transformed by a script", "An agent gets each event in one form."),
    ],
  },
};

/** The libraries of the Standard Webhooks. */
export const STANDARD_WEBHOOKS: Peer = {
  repository: "standard-webhooks/standard-webhooks",
  cases: {
    "libraries/javascript/src/webhook.test.ts": [
      differs(
        "Standard Webhooks: a signed request without a body is accepted",
        "Twilio's requests always name their account, so one without a body is nobody's.",
        APP,
        REFUSED,
        "no header and no body at all",
      ),
      held("Standard Webhooks: a signature of other content is refused", APP, REFUSED, "a changed parameter"),
      differs(
        "Standard Webhooks: one valid signature of several is enough",
        ONE_SIGNATURE,
        APP,
        REFUSED,
        "two signatures",
      ),
    ],
    "libraries/python/tests/test_webhooks.py": [
      held(
        "Standard Webhooks: a request is refused if any character of it changed",
        SIGNATURE,
        "refuses it if any character of the URL, a value, the secret or the signature is changed",
      ),
      foreign("Standard Webhooks: a key may lack its padding", "An auth token is text, and not base64."),
    ],
    "libraries/php/tests/WebhookTest.php": [
      foreign("Standard Webhooks: a time with a fraction, a sign or letters is refused", OTHER_SCHEME),
      held(
        "Standard Webhooks: an empty key with a prefix is refused",
        "handlers/start/credentials.test.ts",
        "resolveCredentials",
        "refuses an empty value",
      ),
    ],
  },
};

/** Stripe's library. */
export const STRIPE: Peer = {
  repository: "stripe/stripe-node",
  cases: {
    "test/Webhook.spec.ts": [
      held("Stripe: a signed JSON body is read", APP, ANSWERED, "a JSON body whose hash is signed"),
      held("Stripe: bytes are checked as they arrived", HOSTS, "to %s: %i", "a JSON callback"),
      held("Stripe: a signed body that is not JSON is refused", APP, REFUSED, "a body that is not JSON"),
      held("Stripe: an empty header is refused", APP, REFUSED, "an empty signature"),
      held("Stripe: a header of another form is refused", SIGNATURE, "isSignatureShaped", "x"),
      held("Stripe: a header that is a list is refused", HOSTS, "the server", "refuses a signature that is sent twice"),
      held(
        "Stripe: a signature of another scheme is refused",
        "test/foreign/twilio-signers/twilio-signers.test.ts",
        "what Twilio's Python library signs with HMAC-SHA256 is refused%s",
      ),
      held("Stripe: a signature that is not the body's is refused", APP, REFUSED, "another signature"),
      differs(
        "Stripe: a request without a body is an error",
        "It is refused like any other: nobody who cannot sign makes an error.",
        APP,
        REFUSED,
        "no header and no body at all",
      ),
      differs(
        "Stripe: one valid signature of several is enough",
        ONE_SIGNATURE,
        SIGNATURE,
        "verifySignature",
        "a signature given twice",
      ),
      differs("Stripe: an old request is refused", NO_TIME, ...KNOWN_EVENT),
      held(
        "Stripe: a key with a blank is named as such",
        "handlers/start/credentials.test.ts",
        "refuses the auth token '%s' by its reference, without showing it",
      ),
      foreign("Stripe: a time within the tolerance is accepted", OTHER_SCHEME),
      foreign("Stripe: the cryptography can be replaced", "The handler uses Node's."),
      foreign("Stripe: an event of another version of the API is refused", "Twilio's webhooks have one form."),
      foreign(
        "Stripe: a body that is neither text nor bytes is refused",
        "The handler reads bytes from a socket alone.",
      ),
      foreign("Stripe: the library signs for tests", "The tests sign by themselves, or by Twilio's libraries."),
    ],
  },
};
