import { z } from "zod";
import { textStatusRank } from "../../twilio/status-rank.ts";
import { NO_CONTENT } from "./answers.ts";
import { MessageSid, Parties, Status } from "./parameters.ts";
import { webhookKind } from "./webhook-kind.ts";

/** Source: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks */
const TextStatus = z.object({
  MessageSid,
  MessageStatus: Status,
  ErrorCode: z
    .string()
    .regex(/^\d*$/)
    .transform((digits) => digits || undefined)
    .exactOptional(),
  ...Parties,
});

/** The status of an outbound text changed. It is stored, and no agent hears of it. */
export const TEXT_STATUS = webhookKind({
  schema: TextStatus,
  read: ({ MessageSid: messageSid, MessageStatus: status, ErrorCode: errorCode, From: from, To: to }) => ({
    sid: messageSid,
    step: status,
    isDispatched: false,
    // Twilio calls back about outbound texts only.
    text: {
      messageSid,
      direction: "outbound",
      from,
      to,
      mediaUrls: [],
      status,
      statusRank: textStatusRank(status),
      errorCode,
    },
  }),
  answer: () => NO_CONTENT,
  title: "The status of a text changed.",
  agent: "textsAndCallbacks",
});
