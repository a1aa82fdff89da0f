import { z } from "zod";
import { noReply } from "../../call/twiml.ts";
import type { WebhookParameters } from "../../twilio/parameters.ts";
import { textStatusRank } from "../../twilio/status-rank.ts";
import { twimlAnswer } from "./answers.ts";
import { MessageSid, Parties, WholeNumber } from "./parameters.ts";
import { webhookKind } from "./webhook-kind.ts";

/** Source: https://www.twilio.com/docs/messaging/guides/webhook-request */
const InboundText = z.object({
  MessageSid,
  Body: z.string().exactOptional(),
  NumMedia: WholeNumber.exactOptional(),
  ...Parties,
});

const STATUS = "received";

/** A text arrived. No reply is sent. */
export const INBOUND_TEXT = webhookKind({
  schema: InboundText,
  read: ({ MessageSid: messageSid, From: from, To: to, Body: body, NumMedia = 0 }, _turn, all) => ({
    sid: messageSid,
    step: STATUS,
    isDispatched: true,
    text: {
      messageSid,
      direction: "inbound",
      from,
      to,
      body,
      mediaUrls: mediaOf(all, NumMedia),
      status: STATUS,
      statusRank: textStatusRank(STATUS),
    },
  }),
  answer: () => twimlAnswer(noReply()),
  title: "A text arrived.",
  agent: "textsAndCallbacks",
});

/** The URLs of a text's media, ten at most (https://www.twilio.com/docs/messaging/guides/accepted-mime-types). */
function mediaOf(parameters: Readonly<WebhookParameters>, count: number): string[] {
  const names = Array.from({ length: Math.min(count, 10) }, (_, index) => `MediaUrl${index}`);
  return names.map((name) => parameters[name]).filter((url) => typeof url === "string");
}
