/**
 * Twilio's reports about the status of outbound texts.
 * Source: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
 */

import type { MessageResource, Stored } from "../records.ts";
import { refusalOf } from "../registrations/sender-refusal.ts";
import type { TwilioState } from "../state.ts";
import { apiDate } from "../values.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { single } from "./endpoints.ts";
import type { WebhookParams, WebhookSource } from "./webhook.ts";

/** A report of a text's status. */
export interface MessageReport {
  /** The URL to report to, absolute. Default: the text's own status callback, or that of its messaging service. */
  readonly url?: string;
  readonly status: "queued" | "sending" | "sent" | "delivered" | "undelivered" | "failed" | "read";
  /** Twilio's error code, such as 30034, if the text failed. */
  readonly errorCode?: number;
  /** Further parameters. They replace default ones of the same name. */
  readonly params?: WebhookParams;
}

/** Events that follow the creation of a text. A callback has no fallback. */
export interface MessageEvents {
  /**
   * Sets a text's status, and reports it if there is a URL for it.
   *
   * @throws Error if there is no such text, or if it is reported as delivered although the carriers refuse it
   */
  reportMessageStatus(messageSid: string, report: MessageReport): Promise<Delivery>;
}

/** Makes the events of an account's texts. Their webhooks go through the edge. */
export function messageEvents(state: TwilioState, source: WebhookSource): MessageEvents {
  return {
    reportMessageStatus: async (messageSid, { url, status, errorCode, params }) => {
      const found = state.messages.find(({ resource }) => resource.sid === messageSid);
      if (found === undefined) throw new Error(`the account has no message ${messageSid}`);
      const message = found.resource;
      checkDelivery(state, message, status);
      const now = apiDate(new Date());
      Object.assign(message, { status, error_code: errorCode ?? null, date_updated: now });
      if (status === "sent") message.date_sent = now;
      const endpoints = [{ url: url ?? ownCallback(state, found), method: "POST" }];
      return { sid: messageSid, attempts: await deliver(source, endpoints, { ...statusParams(message), ...params }) };
    },
  };
}

/** A text from an unregistered sender reaches nobody. */
function checkDelivery(state: TwilioState, message: MessageResource, status: MessageReport["status"]): void {
  const refusal = refusalOf(state, message);
  if (refusal === undefined || (status !== "delivered" && status !== "read")) return;
  throw new Error(
    `${message.sid} is not delivered: ${message.from} is not registered (${refusal}); see registerSenders`,
  );
}

/** The status callback of the text's creation, or else that of its service (https://www.twilio.com/docs/messaging/api/message-resource). */
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
