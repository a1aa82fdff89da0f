import { LOOPBACK_API, LOOPBACK_EVENTS } from "./our-tests.ts";
import { differs, foreign, held, type Peer } from "./peer-case.ts";

const PROXY = "loopback/twilio/proxy/proxy.test.ts";
const NOT_USED = "The hub does not use this product, so the loopback cloud does not serve it.";
const NO_POOL = "The stack blocks the resource that puts a number into a pool, and the loopback cloud has no pools.";
const GITHUB = "That is GitHub's way to subscribe. A number of Twilio's has its URLs in its own fields.";

/** Emulate, which stands in for Twilio as our loopback cloud does. */
export const EMULATE: Peer = {
  repository: "vercel-labs/emulate",
  cases: {
    "packages/@emulators/twilio/src/__tests__/twilio.test.ts": [
      held(
        "the API asks for the account's credentials",
        LOOPBACK_API,
        "wrong credentials and another account's SID are refused as Twilio does",
      ),
      held(
        "a created text is queued",
        LOOPBACK_API,
        "a created text is queued with the request's parameters; a wrong sender is refused",
      ),
      differs(
        "the API sets a text's status",
        "Twilio's API changes nothing of a text but its body, which it empties. The stand-in must not do more.",
        LOOPBACK_API,
        "an update of a text empties its body, or repeats it",
      ),
      held("a number that is deleted is released", LOOPBACK_API, "a delete releases the number"),
      foreign(
        "a Messaging Service that does not exist is refused although there is a sender",
        "A text of the hub names no Messaging Service.",
      ),
      foreign("a deleted number leaves its pool", NO_POOL),
      foreign("a text to a number in a pool goes to the service's URL", NO_POOL),
      held(
        "a status is reported to the callback, signed",
        "loopback/twilio/webhooks/call-events.test.ts",
        "a text's status is stored and reported, with the error code if it failed",
      ),
      held(
        "an inbound text is posted to the number's URL, signed",
        LOOPBACK_EVENTS,
        "a text goes to the stored SMS URL, signed, with Twilio's parameters",
      ),
      held(
        "a GET has its parameters in the query",
        LOOPBACK_EVENTS,
        "a number that is called by GET gets the parameters in the signed URL",
      ),
      held(
        "a call is created and ends",
        "loopback/twilio/webhooks/outbound-call-events.test.ts",
        "an answered call reports the requested events, and then fetches its own URL, signed",
      ),
      foreign(
        "a status that does not exist is refused by the simulator",
        "The simulator is called from TypeScript, and a status is a type.",
      ),
      foreign("a verification is started and checked", NOT_USED),
      foreign("a verification's code and status can be set", NOT_USED),
      foreign("a conversation is created", NOT_USED),
      foreign("the seed replaces the default resources", "The loopback cloud is seeded from the stack's config alone."),
    ],
    "packages/@emulators/twilio/src/__tests__/twilio-sdk.test.ts": [
      held(
        "Twilio's SDK works with it",
        PROXY,
        "Twilio's SDK lists, reads, changes and releases numbers through the proxy",
      ),
      held(
        "the SDK reads lists of other hosts page by page",
        PROXY,
        "Twilio's SDK reads lists page by page, and reaches both hosts through one proxy",
      ),
    ],
    "packages/@emulators/core/src/__tests__/webhooks.test.ts": [
      held(
        "each delivery is recorded with its status",
        LOOPBACK_EVENTS,
        "after %s the fallback URL gets the same event with the error, signed for itself",
      ),
      held(
        "nobody is called without a URL",
        LOOPBACK_EVENTS,
        "nothing is sent if no URL is stored, or if a trunk or an application handles the event",
      ),
      foreign("a subscription chooses its events", GITHUB),
      foreign("a subscription is added, changed and removed", GITHUB),
      foreign("a body is signed by itself with SHA-256, in hex", "Twilio signs the URL and the parameters, in base64."),
    ],
  },
};
