import { NO_CONTENT } from "./answers.ts";
import { Call, callEvent } from "./call.ts";
import { webhookKind } from "./webhook-kind.ts";

/** The statuses of a call that has not ended. */
const UNDER_WAY: ReadonlySet<string> = new Set(["queued", "initiated", "ringing", "in-progress"]);

/** The status of a call changed. An agent hears only how a call ended: that it rings is stored, but is nobody's task. */
export const CALL_STATUS = webhookKind({
  schema: Call,
  read: (call) => ({ ...callEvent(call), step: call.CallStatus, isDispatched: !UNDER_WAY.has(call.CallStatus) }),
  answer: () => NO_CONTENT,
  title: "The status of a call changed.",
  agent: "textsAndCallbacks",
});
