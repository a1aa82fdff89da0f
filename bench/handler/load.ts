/** A closed loop: each connection has one request under way, and sends the next one as soon as that is answered. */
import { type Connection, openConnection } from "./connection.ts";
import { percentile } from "./statistics.ts";
import type { SignedWebhook } from "./webhooks.ts";

/** The webhooks to send, and how to send them. */
export interface Load {
  readonly port: number;
  readonly connections: number;
  readonly milliseconds: number;
  readonly webhooks: readonly SignedWebhook[];
  /** Whether to start again after the last webhook. Otherwise the measured time ends with it. */
  readonly isRepeating: boolean;
}

/** The result of a load. */
export interface LoadResult {
  /** The number of answered webhooks, including those that were under way when the time ended: all that were sent. */
  readonly answered: number;
  readonly requestsPerSecond: number;
  /** The median time until an answer, in milliseconds. */
  readonly p50: number;
  /** The 99th percentile of that time, in milliseconds. */
  readonly p99: number;
  /** The utilisation of the load's own event loop, from 0 to 1. At 1 the load is the bottleneck. */
  readonly loadBusy: number;
}

/**
 * Sends webhooks until the time is over, and waits for the last answers.
 *
 * @throws Error if an answer has another status than the webhook expects, or a connection closes
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
