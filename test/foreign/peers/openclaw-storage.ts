import { APP, KILLED, REFUSED, STATUSES, STORE, WRITES } from "./our-tests.ts";
import { differs, foreign, held, type Peer } from "./peer-case.ts";

const KNOWN_EVENT = [
  STORE,
  "the store",
  "changes no row for a known event, even if its other parameters differ",
] as const;

/** OpenClaw's plugin for texts: its spool, and the statuses of texts. */
export const OPENCLAW_STORAGE: Peer = {
  repository: "openclaw/openclaw",
  cases: {
    "extensions/sms/src/ingress-spool.test.ts": [
      held(
        "a webhook that waits in the spool is stored after a new start",
        STORE,
        "the store",
        "spools while the database is away, replays from the spool, and drains in order when it is back",
      ),
      held(
        "a webhook that was stored is not stored again from the spool",
        "test/handler/outage.test.ts",
        "Postgres is stopped and started three times under load: every webhook is answered in time and stored once",
      ),
      held("a new process knows what the one before it stored", ...KILLED),
      held(
        "a webhook that can never be stored is set aside, and holds up no other",
        "handlers/drain/refused.test.ts",
        "a webhook that the database refuses",
        "is set aside once another of its kind is taken, even if several come first after a start",
      ),
      differs(
        "a webhook of another account is put aside in the spool",
        "It is refused before it is answered, so nothing of a stranger's is stored.",
        APP,
        REFUSED,
        "another account",
      ),
    ],
    "extensions/sms/src/delivery-observations.test.ts": [
      held("a late status does not replace a final one", WRITES, "a final status stays, after any later webhook"),
      held("a text's statuses give the same row in any order", WRITES, "the webhooks of %s", "a text"),
      held("a scheduled text may be canceled", WRITES, "the webhooks of %s", "a text that was scheduled and canceled"),
      differs(
        "a repeat may bring the error code that the first webhook lacked",
        "A second webhook of one SID and status is a repeat, and its borders may have been moved.",
        ...KNOWN_EVENT,
      ),
      differs(
        "two final statuses make a conflict",
        "The first final status stays, with its own error code. Every event is kept beside the row.",
        STATUSES,
        "the error code of a text is that of its status",
        "the later status failed",
      ),
      held("a repeat counts once even if its other parameters differ", ...KNOWN_EVENT),
      held(
        "statuses that arrive at once are each counted once",
        STORE,
        "the store",
        "answers two hundred identical concurrent webhooks with one answer, and keeps one event and one row",
      ),
      held("a changed token leaves what is stored valid", APP, "createApp", "takes the previous token until its end"),
      held("a status that is not known is kept", STATUSES, "a status that this release does not know", "alone"),
      held(
        "an alert shows neither numbers nor texts",
        "handlers/alerts/storage-alerts.test.ts",
        "names no phone number and no text of a caller",
      ),
      foreign("a text has at most so many observations", "A status is stored once, and Twilio has a dozen of them."),
    ],
  },
};
