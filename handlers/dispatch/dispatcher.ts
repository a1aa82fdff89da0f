/** Hands events from the outbox to the agents, at least once and each with its stable id. */
import type { Pool } from "pg";
import type { Manifest } from "../../hub/manifest.ts";
import { logInfo } from "../log/log.ts";
import { dispatches } from "../log/metrics.ts";
import { startQueueWorker } from "../worker/queue-worker.ts";
import { type Backoff, backoffMs } from "../worker/retry.ts";
import type { Worker } from "../worker/worker.ts";
import { type ClaimedEvent, claimEvents, settleEvent } from "./event-queue.ts";
import { type DispatchOutcome, GATEWAY_TIMEOUT_MS, type Gateway, postToAgent } from "./gateway.ts";
import { messageOf } from "./message.ts";
import { tellingOf } from "./telling.ts";

/** The settings of {@link startDispatcher}. */
export interface DispatcherSettings {
  readonly pool: Pool;
  readonly gateway: Gateway;
  /** The gateway's names of the agents, from the config. */
  readonly agents: Manifest["openclaw"]["agents"];
  /** How often the outbox is polled without a nudge, in milliseconds. Default: 1 second. */
  readonly everyMs?: number;
  /** How many events are handed over at the same time. Default: 4. */
  readonly slots?: number;
  /** The pauses after an event's failures. Default: 2 seconds, up to 5 minutes. */
  readonly backoff?: Backoff;
  /** How long an event stays claimed if its process ends, in milliseconds. Default: the gateway's time-out and 15 seconds. */
  readonly leaseMs?: number;
}

const BACKOFF: Backoff = { fromMs: 2_000, toMs: 300_000 };
const LEASE_MARGIN_MS = 15_000;

/** Starts the dispatcher. Any number of processes may share the outbox. */
export function startDispatcher(settings: DispatcherSettings): Worker {
  const { pool, gateway, everyMs = 1_000, slots = 4 } = settings;
  const { leaseMs = (gateway.timeoutMs ?? GATEWAY_TIMEOUT_MS) + LEASE_MARGIN_MS } = settings;
  return startQueueWorker({
    name: "dispatch",
    everyMs,
    slots,
    claim: (limit) => claimEvents(pool, limit, leaseMs),
    work: (event, signal) => dispatch(event, settings, signal),
  });
}

async function dispatch(event: ClaimedEvent, settings: DispatcherSettings, signal: AbortSignal): Promise<void> {
  const { pool, gateway, agents, backoff = BACKOFF } = settings;
  const { eventId, attempt } = event;
  const { name, agent } = tellingOf(event);
  const told = { eventId, agentId: agents[agent], name: `Twilio ${name}`, message: messageOf(event) };
  const outcome = await postToAgent(gateway, told, signal);
  dispatches.inc({ outcome: outcome.kind });
  logInfo("an attempt to dispatch an event ended", { event: eventId, outcome: outcome.kind, attempt });
  await settleEvent(pool, event, outcome, pauseMs(outcome, backoffMs(attempt, backoff)));
}

/** The longer of the pause that the gateway asks for and the event's own. */
function pauseMs(outcome: DispatchOutcome, ownMs: number): number {
  return outcome.kind === "retried" ? Math.max(outcome.afterMs ?? 0, ownMs) : ownMs;
}
