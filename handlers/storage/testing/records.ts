/** Webhook records for tests. */
import { randomBytes } from "node:crypto";
import type { WebhookRecord } from "../../spool/record.ts";
import { callStatusRank } from "../../twilio/status-rank.ts";

/** A new SID. */
export function newSid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString("hex")}`;
}

/** A new hash. */
export function newHash(): string {
  return randomBytes(32).toString("hex");
}

/** The record of a call's status callback over the canonical host. */
export function callRecord(
  callSid = newSid("CA"),
  status = "ringing",
  changes: Partial<WebhookRecord> = {},
): WebhookRecord {
  const parameters = { CallSid: callSid, CallStatus: status, From: "+12125550123", To: "+19497798471" };
  return {
    signedHash: newHash(),
    answer: { status: 204, body: "" },
    event: {
      sid: callSid,
      kind: "call-status",
      step: status,
      host: "canonical",
      parameters,
      receivedAt: new Date().toISOString(),
      isDispatched: true,
    },
    call: { callSid, from: parameters.From, to: parameters.To, status, statusRank: callStatusRank(status) },
    ...changes,
  };
}

/** A TwiML answer that says a word. */
export function saying(word: string): WebhookRecord["answer"] {
  return { status: 200, type: "text/xml", body: `<Response><Say>${word}</Say></Response>` };
}
