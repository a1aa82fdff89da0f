import { ANSWERED, APP, BODIES, FORGERIES, HOSTS, KILLED, REFUSED, SIGNATURE, STORE } from "./our-tests.ts";
import { differs, foreign, held, type Peer } from "./peer-case.ts";

const NO_RATE =
  "Twilio drops a text that is refused. Each one is stored instead, and the outbox bounds the agents' work.";
const KNOWN_EVENT = [
  STORE,
  "the store",
  "changes no row for a known event, even if its other parameters differ",
] as const;
const OTHERS = "A 403 shows in the alerts of the account that has our URL by mistake. A 200 would hide the mistake.";

/** OpenClaw's plugin for texts. */
export const OPENCLAW_TEXTS: Peer = {
  repository: "openclaw/openclaw",
  cases: {
    "extensions/sms/src/webhook.test.ts": [
      held("a text that comes again with its signature is one event", ...KNOWN_EVENT),
      held(
        "a fragment of the registered URL is not signed",
        SIGNATURE,
        "ignores a fragment, and returns the URL with it",
      ),
      held(
        "a body that breaks off is neither stored nor acknowledged",
        BODIES,
        "a body that the server reads",
        "is gone if the client disconnects",
      ),
      held(
        "the status of a text is stored, and is no inbound text",

        "handlers/webhook/events.test.ts",
        "%s keeps the key under which existing databases store it",
        "text-status",
      ),
      held("a forged status is refused before anything is stored", ...FORGERIES),
      held(
        "a webhook that cannot be stored is not acknowledged",
        APP,
        "createApp",
        "answers 503 with an empty body if a webhook cannot be kept",
      ),
      held("a webhook is acknowledged only after its commit", ...KILLED),
      held(
        "a repeat is acknowledged like the first",
        STORE,
        "the store",
        "gives a repeat the first answer even if the database went away in between",
      ),
      held("a signed webhook without the SID of its event is refused", APP, REFUSED, "no CallSid"),
      differs(
        "the former names of the SID and the status are enough",
        "Twilio sends `MessageSid` with every text and status, and the former names only beside it.",
        APP,
        REFUSED,
        "a text with the former names of its SID alone",
      ),
      differs("a signed webhook of another account is acknowledged", OTHERS, APP, REFUSED, "another account"),
      differs("a signed webhook without an account is acknowledged", OTHERS, APP, REFUSED, "no account"),
      differs("a signed webhook with an empty account is acknowledged", OTHERS, APP, REFUSED, "an empty account"),
      differs(
        "a signed webhook with blanks around its account is acknowledged",
        OTHERS,
        APP,
        REFUSED,
        "our account between blanks",
      ),
      held(
        "an RCS sender is taken as it was signed, in any spelling",
        APP,
        ANSWERED,
        "a text from %s",
        "an RCS address in another spelling",
      ),
      held("a flood of forgeries does not keep genuine webhooks out", ...FORGERIES),
      foreign("a sender may text so many times a minute", NO_RATE),
      foreign("all senders together may text so many times a minute", NO_RATE),
      foreign("the limit of one account leaves the others alone", "A handler serves one account."),
      foreign("the check of signatures can be switched off", "It cannot: a request without a signature is never read."),
      foreign(
        "the owner of the credentials is looked up before each check",
        "The credentials are read once, at the start.",
      ),
    ],
    "extensions/sms/src/webhook.boundary.test.ts": [
      held(
        "unfinished uploads take up the room only until they are read or gone",
        BODIES,
        "more bodies than the server reads at once",
        "leave room again once they are read, or gone",
      ),
      held(
        "an upload that is refused is not awaited, and its connection is closed",
        HOSTS,
        "answers before a byte of the body was sent",
        "no signature and no length",
      ),
    ],
    "extensions/sms/src/webhook.delivery-admission.test.ts": [
      foreign("an account's statuses are bounded to so many a minute", NO_RATE),
    ],
    "extensions/sms/src/gateway.test.ts": [
      held(
        "a path that stands twice is refused",
        "hub/manifest.test.ts",
        "a path that is in the route table twice is refused by name",
      ),
      held(
        "a path in another spelling is refused",
        "hub/manifest.test.ts",
        "the path %j of a route table is refused",
        "/voice/",
      ),
    ],
    "extensions/sms/src/twilio.test.ts": [
      held(
        "a form's plus sign is a blank",
        "handlers/twilio/parameters.test.ts",
        "formParameters",
        "From=%2B1949&Body=a+b%26c",
      ),
      held("blanks around a value are signed and kept", SIGNATURE, "agrees with Twilio's library"),
      held("an empty value is signed", SIGNATURE, "verifySignature", "an empty value"),
      held("a signature of another path is refused", APP, REFUSED, "a replay on another path"),
      held(
        "a text is posted as a form, with basic authentication, to Twilio's host alone",
        "handlers/outbound/send/post-message.test.ts",
        "a cleared text is posted to Twilio's Messages unchanged, with its status callback",
      ),
    ],
    "extensions/sms/src/inbound.test.ts": [
      differs(
        "a stranger's first text is answered with a code",
        "No text leaves unasked, and none at all before the carriers approve the campaign.",
        APP,
        ANSWERED,
        "a text with an empty response",
      ),
      foreign(
        "each sender has a session of the agent",
        "The gateway chooses the session: it refuses one that is given.",
      ),
    ],
    "extensions/sms/src/twilio.error-redaction.transport.test.ts": [
      held(
        "an answer that repeats the credentials does not get into the reason",

        "handlers/outbound/send/twilio-answer.test.ts",
        "repeats nothing of %s except Twilio's code",
        "a gateway's page",
      ),
      held(
        "Twilio's error code does",

        "handlers/outbound/send/twilio-answer.test.ts",
        "repeats nothing of %s except Twilio's code",
        "Twilio's error",
      ),
    ],
  },
};
