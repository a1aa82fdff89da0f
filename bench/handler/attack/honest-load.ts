/** Signed webhooks at a steady rate, each over a connection of its own. Unlike a closed loop it does not wait for a server that stalls. */
import { setTimeout as sleep } from "node:timers/promises";
import { openConnection } from "../connection.ts";
import { percentile } from "../statistics.ts";
import { type SignedWebhook, signedWebhooks } from "../webhooks.ts";

/** The answers to the signed webhooks. */
export interface HonestResult {
  readonly sent: number;
  /** The number of webhooks with the right answer. */
  readonly answered: number;
  /** The median time until an answer, in milliseconds. A webhook without the right answer counts as the longest wait. */
  readonly p50: number;
  /** The 99th percentile of that time. */
  readonly p99: number;
}

const PER_SECOND = 20;
/** Twilio waits this long (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides), in milliseconds. */
const LONGEST_WAIT_MS = 15_000;

/** Sends webhooks for some seconds, and waits for their answers. */
export async function runHonestLoad(port: number, seconds: number): Promise<HonestResult> {
  const webhooks = signedWebhooks(seconds * PER_SECOND);
  const startedAt = performance.now();
  const times = await Promise.all(
    webhooks.map(async (webhook, index) => {
      const dueAt = startedAt + (index * 1_000) / PER_SECOND;
      await sleep(Math.max(0, dueAt - performance.now()));
      return (await isAnswered(port, webhook)) ? performance.now() - dueAt : LONGEST_WAIT_MS;
    }),
  );
  times.sort((a, b) => a - b);
  const answered = times.filter((time) => time < LONGEST_WAIT_MS).length;
  return { sent: times.length, answered, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

async function isAnswered(port: number, { bytes, status }: SignedWebhook): Promise<boolean> {
  const gaveUp = new AbortController();
  const answer = openConnection(port).then(async (connection) => {
    gaveUp.signal.addEventListener("abort", () => connection.close());
    return connection.send(bytes).finally(() => connection.close());
  });
  const wait = sleep(LONGEST_WAIT_MS, undefined, { signal: gaveUp.signal, ref: false });
  try {
    return (await Promise.race([answer, wait]))?.status === status;
  } catch {
    return false;
  } finally {
    wait.catch(() => undefined);
    answer.catch(() => undefined);
    gaveUp.abort();
  }
}
