import { ANSWERED, ANSWERS, APP, CALL_FLOW, KILLED, STORE, WRITES } from "./our-tests.ts";
import { differs, foreign, held, type Peer } from "./peer-case.ts";

const REPEAT = [
  "test/handler/repeat.test.ts",
  "200 identical requests at once: one event, one row, 200 equal answers",
] as const;

/** OpenClaw's plugin for calls: events, repeats and TwiML. */
export const OPENCLAW_CALLS: Peer = {
  repository: "openclaw/openclaw",
  cases: {
    "extensions/voice-call/src/webhook.test.ts": [
      held("a replay has no effect of its own", ...REPEAT),
      differs(
        "a replay is answered without TwiML",
        "Twilio repeats a request because it lost the answer, so a repeat gets the first answer, byte for byte.",
        STORE,
        "the store",
        "gives a repeat the first answer even if the database went away in between",
      ),
      held(
        "an outbound call that fetches its TwiML is answered with it",
        "handlers/call/outbound-call.test.ts",
        "the app",
        "connects the person to the agent, with the hub's own number, and ends with the dial",
      ),
    ],
    "extensions/voice-call/src/providers/twilio.test.ts": [
      held(
        "a changed idempotency header makes no new event",
        APP,
        ANSWERED,
        "a repeat as before, whatever its idempotency token is: no header is signed",
      ),
      held("two requests with the same content are one event", ...REPEAT),
      held("a turn's token in the query is the turn of the event", "handlers/call/turn.test.ts", "turnOf", "?turn=10"),
      held("a status callback gets no TwiML", APP, ANSWERED, "the callback %s with 204"),
      held(
        "the first request of an inbound call is answered with TwiML",
        APP,
        ANSWERED,
        "a call with a Gather on the URL that verified",
      ),
      foreign(
        "a second call waits in a queue with music",
        "Each call is connected on its own. Twilio carries many at once.",
      ),
      foreign("speech is made by another vendor and streamed", "Twilio's `<Say>` speaks the config's texts."),
    ],
    "extensions/voice-call/src/providers/twilio/twiml-policy.test.ts": [
      held(
        "an outbound call that is answered is not asked like an inbound one",
        CALL_FLOW,
        "a call that the hub placed",
        "is connected at once %s",
      ),
    ],
    "extensions/voice-call/src/providers/twilio/speech-gather.test.ts": [
      held("silence does not end the call at once", CALL_FLOW, "a call", "is asked again after silence"),
      held(
        "the same words in two turns are two events",
        CALL_FLOW,
        "a call",
        "has another action in each turn, even if the caller repeats the same words",
      ),
    ],
    "extensions/voice-call/src/providers/twilio/api.test.ts": [
      held(
        "a call is created by a form with basic authentication, and a list repeats its name",
        "handlers/outbound/send/place-call.test.ts",
        "the answered call gets the TwiML of its own route, and Twilio reports to registered URLs",
      ),
      held(
        "an error of the API is a failure with its status",
        "handlers/outbound/queue/sender.test.ts",
        "a create without a clear answer",
        "fails after a refusal with Twilio's code, and without the request's content",
      ),
    ],
    "extensions/voice-call/src/providers/twilio.webhook-sync.test.ts": [
      held(
        "a number is told its voice URL",

        "hub/urls/registered-url.test.ts",
        "a number's property",
        "%s accepts %s, and no other URL of the manifest",
      ),
      held("its method is POST", "hub/urls/registered-url.test.ts", "only POST passes as a method"),
      held(
        "two entries for one number are refused",
        "hub/config/parse.test.ts",
        "%s is refused under its key",
        "a duplicate number",
      ),
      held(
        "a number is named by its whole SID",
        "hub/config/parse.test.ts",
        "%s is refused under its key",
        "a SID that is not PN and 32 hex",
      ),
    ],
    "extensions/voice-call/src/manager/replay-keys.test.ts": [
      held(
        "the remembered keys are bounded, and the oldest go first",
        ANSWERS,
        "knows the latest answers, and forgets the oldest beyond the limit",
      ),
      foreign(
        "a caller that was turned away is remembered",
        "No caller is turned away, so there is nothing to remember.",
      ),
    ],
    "extensions/voice-call/src/manager.processed-event-ids.test.ts": [
      held("a key that is known already takes no room", ANSWERS, "forgets nothing if an answer is set again"),
      held(
        "keys are forgotten after their time alone, and none before",
        "handlers/storage/purge.test.ts",
        "removes a batch of answers older than 24 hours, and no younger ones",
      ),
    ],
    "extensions/voice-call/src/manager/events.test.ts": [
      held(
        "events with another id and the same key are one event",
        STORE,
        "the store",
        "changes no row for a known event, even if its other parameters differ",
      ),
      held(
        "an event about a call that is not known yet is not lost",
        WRITES,
        "the webhooks of %s",
        "give the same row and the same events, in every order, each repeated",
      ),
      held(
        "work that failed for a while is done again",
        "handlers/dispatch/dispatcher.test.ts",
        "tries a failed event again, with the same id and payload, until the gateway takes it",
      ),
      held(
        "a call that the hub did not receive counts as outbound",
        "handlers/dispatch/message.test.ts",
        "the message to an agent",
        "of a call that the hub placed names it as such, and has the result of the call to the agent",
      ),
      foreign("each number has a greeting of its own", "The config has one voice for all numbers."),
    ],
    "extensions/voice-call/src/manager/events.inbound.test.ts": [
      held("nothing is acknowledged or passed on before it is durable", ...KILLED),
      foreign(
        "a session of the agent belongs to a call or a person",
        "The gateway chooses the session: it refuses one that is given.",
      ),
    ],
    "extensions/voice-call/src/manager/store.test.ts": [
      foreign(
        "calls under way are read back from a file at the start",
        "Each row is in Postgres, and no call is kept in memory.",
      ),
    ],
  },
};
