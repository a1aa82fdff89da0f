/** The route table: the one place where a webhook's path is written down. Source: docs/domain.md#webhook-endpoints. */

/** What Twilio reports to a route. */
export type WebhookEvent =
  | "inbound-call"
  | "call-status"
  | "recording-complete"
  | "transcription"
  | "inbound-text"
  | "text-status"
  | "inbound-whatsapp";

/**
 * - `approved`: registered at Twilio, routed by the hosts, answered by the handler.
 * - `alias`: routed and answered, but registered on the fallback host only.
 * - `pending`: declared; neither routed nor registered nor answered.
 */
export type RouteStatus = "approved" | "alias" | "pending";

/** Under which of Twilio's names the route's URL is registered, with the number or with each call or message. */
export type UrlRole =
  | "voiceUrl"
  | "voiceFallbackUrl"
  | "statusCallback"
  | "smsUrl"
  | "smsFallbackUrl"
  | "recordingStatusCallback"
  | "transcribeCallback"
  | "messageStatusCallback";

/** One webhook. All are called with POST. */
export interface Route {
  readonly path: string;
  readonly event: WebhookEvent;
  /** What people call the event, as in the FUNNEL-REGISTRY table. */
  readonly title: string;
  readonly status: RouteStatus;
  /** Absent for a pending route, which is registered nowhere. */
  readonly role?: UrlRole;
}

/** Every webhook is called with this method, and no other is answered. */
export const WEBHOOK_METHOD = "POST";

/** Every route of the hub. A path stands here once; all URLs are derived from it. */
export const ROUTES: readonly Route[] = [
  { path: "/voice/webhook", event: "inbound-call", title: "Inbound call", status: "approved", role: "voiceUrl" },
  {
    path: "/voice/status",
    event: "call-status",
    title: "Call status callback",
    status: "approved",
    role: "statusCallback",
  },
  {
    path: "/voice/recording-complete",
    event: "recording-complete",
    title: "Recording ready",
    status: "approved",
    role: "recordingStatusCallback",
  },
  {
    path: "/voice/transcription",
    event: "transcription",
    title: "Transcription ready",
    status: "approved",
    role: "transcribeCallback",
  },
  { path: "/sms/webhook", event: "inbound-text", title: "Inbound SMS", status: "approved", role: "smsUrl" },
  {
    path: "/sms/status",
    event: "text-status",
    title: "SMS delivery status",
    status: "approved",
    role: "messageStatusCallback",
  },
  {
    path: "/voice",
    event: "inbound-call",
    title: "Inbound call (fallback)",
    status: "alias",
    role: "voiceFallbackUrl",
  },
  { path: "/sms", event: "inbound-text", title: "Inbound SMS (fallback)", status: "alias", role: "smsFallbackUrl" },
  { path: "/whatsapp/webhook", event: "inbound-whatsapp", title: "Inbound WhatsApp", status: "pending" },
];

/** Whether the hosts deliver the route and the handler answers it. */
export function isRouted(route: Route): boolean {
  return route.status !== "pending";
}
