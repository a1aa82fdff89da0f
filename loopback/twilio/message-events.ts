/**
 * What Twilio reports about a text that was sent.
 * Source: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
 */
import { type Delivery, deliver } from "./deliver.ts";
import type { MessageResource } from "./records.ts";
import type { TwilioState } from "./state.ts";
import { apiDate } from "./values.ts";
import type { WebhookParams, WebhookSource } from "./webhook.ts";

/** How far a text came. */
export interface MessageReport {
  /** The text's status callback, an absolute URL. */
  readonly url: string;
  readonly status: "queued" | "sending" | "sent" | "delivered" | "undelivered" | "failed" | "read";
  /** Twilio's code, such as 30034, where the text failed. */
  readonly errorCode?: number;
  /** Further parameters; they also replace those that are sent otherwise. */
  readonly params?: WebhookParams;
}

/** What follows after a text was created. A callback has no fallback. */
export interface MessageEvents {
  /**
   * Sets a text's status and reports it.
   *
   * @throws Error where there is no such text
   */
  reportMessageStatus(messageSid: string, report: MessageReport): Promise<Delivery>;
}

/** The events of an account's texts, through the edge. */
export function messageEvents(state: TwilioState, source: WebhookSource): MessageEvents {
  return {
    reportMessageStatus: async (messageSid, { url, status, errorCode, params }) => {
      const message = state.messages.find(({ resource }) => resource.sid === messageSid)?.resource;
      if (message === undefined) throw new Error(`the account has no message ${messageSid}`);
      const now = apiDate(new Date());
      Object.assign(message, { status, error_code: errorCode ?? null, date_updated: now });
      if (status === "sent") message.date_sent = now;
      const endpoints = [{ url, method: "POST" }];
      return { sid: messageSid, attempts: await deliver(source, endpoints, { ...statusParams(message), ...params }) };
    },
  };
}

function statusParams(message: MessageResource): Record<string, string> {
  return {
    AccountSid: message.account_sid,
    ApiVersion: message.api_version,
    MessageSid: message.sid,
    SmsSid: message.sid,
    MessageStatus: message.status,
    SmsStatus: message.status,
    From: message.from ?? "",
    To: message.to,
    ...(message.messaging_service_sid !== null && { MessagingServiceSid: message.messaging_service_sid }),
    ...(message.error_code !== null && { ErrorCode: String(message.error_code) }),
  };
}
