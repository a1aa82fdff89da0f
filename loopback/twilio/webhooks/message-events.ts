/**
 * What Twilio reports about a text that was sent.
 * Source: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
 */

import type { MessageResource, Stored } from "../records.ts";
import type { TwilioState } from "../state.ts";
import { apiDate } from "../values.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { single } from "./endpoints.ts";
import type { WebhookParams, WebhookSource } from "./webhook.ts";

/** How far a text came. */
export interface MessageReport {
  /** Where it is reported, an absolute URL; the text's own status callback, or that of its messaging service, unless given. */
  readonly url?: string;
  readonly status: "queued" | "sending" | "sent" | "delivered" | "undelivered" | "failed" | "read";
  /** Twilio's code, such as 30034, where the text failed. */
  readonly errorCode?: number;
  /** Further parameters; they also replace those that are sent otherwise. */
  readonly params?: WebhookParams;
}

/** What follows after a text was created. A callback has no fallback. */
export interface MessageEvents {
  /**
   * Sets a text's status and reports it, where it has a status callback.
   *
   * @throws Error where there is no such text
   */
  reportMessageStatus(messageSid: string, report: MessageReport): Promise<Delivery>;
}

/** The events of an account's texts, through the edge. */
export function messageEvents(state: TwilioState, source: WebhookSource): MessageEvents {
  return {
    reportMessageStatus: async (messageSid, { url, status, errorCode, params }) => {
      const found = state.messages.find(({ resource }) => resource.sid === messageSid);
      if (found === undefined) throw new Error(`the account has no message ${messageSid}`);
      const message = found.resource;
      const now = apiDate(new Date());
      Object.assign(message, { status, error_code: errorCode ?? null, date_updated: now });
      if (status === "sent") message.date_sent = now;
      const endpoints = [{ url: url ?? ownCallback(state, found), method: "POST" }];
      return { sid: messageSid, attempts: await deliver(source, endpoints, { ...statusParams(message), ...params }) };
    },
  };
}

/** The one that the text was created with stands before its service's (https://www.twilio.com/docs/messaging/api/message-resource). */
function ownCallback(state: TwilioState, { resource, params }: Stored<MessageResource>): string {
  const service = state.services.get(resource.messaging_service_sid ?? "");
  return single(params.StatusCallback, service?.status_callback ?? "");
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
