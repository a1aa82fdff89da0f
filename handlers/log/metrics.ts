/** The handler's metrics, for Prometheus. No label contains a text that a caller wrote. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** The metrics of `/metrics`. */
export const registry = new Registry();
const registers = [registry];

/** Answered webhooks, by event and HTTP status. The event of a refused request is `refused`. */
export const webhooksAnswered = new Counter({
  name: "hub_webhooks_answered_total",
  help: "Webhooks answered, by event and HTTP status",
  labelNames: ["event", "status"] as const,
  registers,
});

/** The time from a request's arrival to its answer, in seconds. Twilio waits 15; the success criterion is 5 (docs/domain.md#how-its-used). */
export const answerSeconds = new Histogram({
  name: "hub_answer_seconds",
  help: "Time from a webhook's first byte to its answer",
  labelNames: ["event"] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5],
  registers,
});

/** Webhooks whose signature verified. */
export const webhooksSigned = new Counter({
  name: "hub_webhook_signed_total",
  help: "Webhooks whose signature verified, by signer (auth-token or a key of the manifest) and by whether the URL had a query",
  labelNames: ["by", "query"] as const,
  registers,
});

/** Requests that name a key which may not sign. The key is not a label: anybody can name any. */
export const unknownSigningKeys = new Counter({
  name: "hub_unknown_signing_key_total",
  help: "Requests that name a signing key which may not sign, by reason",
  labelNames: ["reason"] as const,
  registers,
});

/** Repeats that were answered from the store. */
export const replays = new Counter({ name: "hub_replays_total", help: "Repeats answered from the store", registers });

/** The webhooks in one statement. */
export const batchSize = new Histogram({
  name: "hub_batch_webhooks",
  help: "Webhooks written in one statement",
  buckets: [1, 2, 4, 8, 16, 32, 64, 128],
  registers,
});

/** Webhooks that the database did not take in time. */
export const spooled = new Counter({ name: "hub_spooled_total", help: "Webhooks that went to the spool", registers });

/** Attempts to hand an event to an agent. */
export const dispatches = new Counter({
  name: "hub_dispatches_total",
  help: "Attempts to hand an event to the OpenClaw gateway, by outcome",
  labelNames: ["outcome"] as const,
  registers,
});

/** Attempts to fetch and store a recording. */
export const recordings = new Counter({
  name: "hub_recordings_total",
  help: "Attempts to fetch and store a recording, by outcome",
  labelNames: ["outcome"] as const,
  registers,
});

/** Turns of outbound requests. */
export const outboundRequests = new Counter({
  name: "hub_outbound_turns_total",
  help: "Turns of outbound calls and texts, by kind and outcome",
  labelNames: ["kind", "outcome"] as const,
  registers,
});

/** Readings of the senders' registrations at Twilio. */
export const registrationReadings = new Counter({
  name: "hub_registration_readings_total",
  help: "Readings of the senders' registrations at Twilio, by outcome",
  labelNames: ["outcome"] as const,
  registers,
});

/** Whether a number of the hub may text by what Twilio says. The other approvals do not count here. */
export const senderVerified = new Gauge({
  name: "hub_sender_verified",
  help: "1 if Twilio's word of the last hour lets the hub's number text, 0 if not",
  labelNames: ["sender"] as const,
  registers,
});

/** Alerts to Discord. */
export const alerts = new Counter({
  name: "hub_alerts_total",
  help: "Alerts to the Discord channel ops, by outcome",
  labelNames: ["outcome"] as const,
  registers,
});
