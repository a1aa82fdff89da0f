/** The route table, the only place that names a webhook's path. Source: docs/domain.md#webhook-endpoints. */

/**
 * - `approved`: registered at Twilio, routed by the hosts, answered by the handler.
 * - `alias`: routed and answered, but registered on the fallback host only.
 * - `pending`: declared; neither routed nor registered nor answered.
 */
export type RouteStatus = "approved" | "alias" | "pending";

/** The name under which Twilio takes a URL: of a number, or of each call or text. */
export type UrlRole =
  | "voiceUrl"
  | "voiceFallbackUrl"
  | "statusCallback"
  | "smsUrl"
  | "smsFallbackUrl"
  | "recordingStatusCallback"
  | "transcribeCallback"
  | "messageStatusCallback";

/** A route that the hosts deliver and the handler answers. */
interface Answered<Event extends string> {
  readonly path: string;
  readonly event: Event;
  /** The event's name for people, as in the FUNNEL-REGISTRY table. */
  readonly title: string;
  readonly status: "approved" | "alias";
  readonly role: UrlRole;
}

/** A declared route. It is not registered, so it has no role. */
export interface PendingRoute {
  readonly path: string;
  readonly event: string;
  /** The event's name for people, as in the FUNNEL-REGISTRY table. */
  readonly title: string;
  readonly status: "pending";
  readonly role?: never;
}

/** The method of every webhook. The handler answers no other. */
export const WEBHOOK_METHOD = "POST";

const TABLE = [
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
] as const satisfies readonly (Answered<string> | PendingRoute)[];

/** An event that the handler answers: each has its entry in handlers/webhook/events.ts. */
export type AnsweredEvent = Extract<(typeof TABLE)[number], { readonly status: "approved" | "alias" }>["event"];

/** A route that the hosts deliver and the handler answers. */
export type AnsweredRoute = Answered<AnsweredEvent>;

/** The route of a webhook. */
export type Route = AnsweredRoute | PendingRoute;

/** Every route of the hub. Each path is written here once, and all URLs are derived from it. */
export const ROUTES: readonly Route[] = TABLE;

/** Whether the hosts deliver the route and the handler answers it. */
export function isRouted(route: Route): route is AnsweredRoute {
  return route.status !== "pending";
}
