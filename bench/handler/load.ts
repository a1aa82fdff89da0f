/** A closed loop: as many requests under way as there are connections, each sent as soon as the connection's last one was answered. */
import { type Connection, openConnection } from "./connection.ts";
import { percentile } from "./statistics.ts";
import type { SignedWebhook } from "./webhooks.ts";

/** What is sent, and how. */
export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly milliseconds: number;
  readonly webhooks: readonly SignedWebhook[];
  /** Whether they are sent again from the start once all were sent. Otherwise the time ends with them. */
  readonly isRepeating: boolean;
}

/** What came of it. */
export interface LoadResult {
  /** All that were answered, also those that were under way when the time ended: as many as were sent. */
  readonly answered: number;
  readonly requestsPerSecond: number;
  /** How long an answer took, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** How busy the load's own process was, from 0 to 1. At 1 it would be the bottleneck. */
  readonly loadBusy: number;
}

/**
 * Sends webhooks until the time is over, and waits for the last answers.
 *
 * @throws Error where an answer has another status than the webhook's, or a connection is closed
 */
export async function runLoad({ port, connections, milliseconds, webhooks, isRepeating }: Load): Promise<LoadResult> {
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const latencies: number[] = [];
  const started = performance.now();
  const busyBefore = performance.eventLoopUtilization();
  let endsAt = started + milliseconds;
  let answeredInTime = 0;
  let next = 0;

  function take(): SignedWebhook | undefined {
    const now = performance.now();
    if (now >= endsAt) return undefined;
    const webhook = webhooks[isRepeating ? next % webhooks.length : next];
    next += 1;
    if (webhook === undefined) endsAt = now;
    return webhook;
  }

  async function sendAll(connection: Connection): Promise<void> {
    for (let webhook = take(); webhook !== undefined; webhook = take()) {
      const sentAt = performance.now();
      const { status } = await connection.send(webhook.bytes);
      const answeredAt = performance.now();
      if (status !== webhook.status) throw new Error(`a webhook was answered ${status}, not ${webhook.status}`);
      latencies.push(answeredAt - sentAt);
      if (answeredAt <= endsAt) answeredInTime += 1;
    }
  }

  try {
    await Promise.all(open.map(sendAll));
  } finally {
    for (const connection of open) connection.close();
  }
  const { utilization: loadBusy } = performance.eventLoopUtilization(busyBefore);
  latencies.sort((a, b) => a - b);
  return {
    answered: latencies.length,
    requestsPerSecond: (answeredInTime * 1_000) / (endsAt - started),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    loadBusy,
  };
}
