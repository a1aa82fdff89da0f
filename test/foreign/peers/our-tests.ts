/** The files of our tests that the cases of peers lead to. */

export const APP = "handlers/webhook/app.test.ts";
export const HOSTS = "handlers/hosts/hosts.test.ts";
export const BODIES = "handlers/hosts/request-body.test.ts";
export const SIGNATURE = "handlers/twilio/signature.test.ts";
export const CALL_FLOW = "handlers/call/call-flow.test.ts";
export const STORE = "handlers/storage/store.test.ts";
export const STATUSES = "handlers/storage/statuses.test.ts";
export const WRITES = "handlers/storage/write-webhooks.test.ts";
export const ANSWERS = "handlers/storage/recent-answers.test.ts";
export const LOOPBACK_API = "loopback/twilio/api/api.test.ts";
export const LOOPBACK_EVENTS = "loopback/twilio/webhooks/account-events.test.ts";

/** The groups of {@link APP}. */
export const ANSWERED = "the app answers";
export const REFUSED = "the app refuses with 403 and an empty body";
export const NO_WEBHOOK = "the app refuses what cannot be a webhook";

/** The handler's own process against thousands of forgeries. */
export const FORGERIES = [
  "test/handler/forgery.test.ts",
  "of %s forged requests none is accepted or stored, and memory does not grow",
] as const;

/** The handler's own process, killed and started again. */
export const KILLED = [
  "test/handler/kill.test.ts",
  "the handler is %s: answered webhooks are stored once, and so are the others after they are sent again",
] as const;
