/**
 * Alerts people about events, recordings, calls and texts that need attention, and tells them that it is over. Each trouble is counted in a record
 * before anybody is told, and during an outage one message tells of many.
 */
import type { Pool } from "pg";
import { logInfo } from "../log/log.ts";
import { alerts } from "../log/metrics.ts";
import type { Backoff } from "../worker/retry.ts";
import { startWorker, type Worker } from "../worker/worker.ts";
import { alertContent } from "./content.ts";
import { AlertError, type AlertOutcome, type DiscordWebhook, sendAlert } from "./discord.ts";
import { TROUBLE_NAMES } from "./trouble-causes.ts";
import { claimMessages, countTroubles, endPast, noteTold, type Positions, releaseMessages } from "./trouble-records.ts";

/** The settings of {@link startAlerts}. */
export interface AlertSettings {
  readonly pool: Pool;
  readonly discord: DiscordWebhook;
  /** How often the tables are searched, in milliseconds. Default: 5 seconds. */
  readonly everyMs?: number;
  /** The least time between two alerts of all processes, in minutes. Default: 15. The first alert of an outage is sent at once. */
  readonly minutesBetween?: number;
  /** The pauses while Discord or the database is away. Default: up to 30 seconds. */
  readonly backoff?: Backoff;
}

const MINUTES_BETWEEN = 15;

/** The most troubles that one statement counts. A database that takes 15 ms for a row still does that within the time limit of a statement. */
const BATCH = 100;

/** The longest time for counting before people are told, in milliseconds. The rest is counted by the next sweep. */
const COUNTING_MS = 20_000;

/** Starts the sweeper. Messages that Discord does not take stay due for the next sweep. */
export function startAlerts(settings: AlertSettings): Worker {
  let notBefore = 0;
  const run = async (signal: AbortSignal) => {
    const isCounted = await countAll(settings.pool, signal);
    const outcome = isCounted && Date.now() >= notBefore ? await tell(settings, signal) : undefined;
    if (outcome?.kind === "limited") notBefore = Date.now() + outcome.afterMs;
    if (outcome?.kind === "failed" && !signal.aborted) throw new AlertError(outcome.reason);
    return false;
  };
  return startWorker({ name: "alerts", everyMs: settings.everyMs ?? 5_000, run, backoff: settings.backoff });
}

/**
 * Searches the tables once, and sends at most one alert.
 *
 * @returns the outcome of the alert, or undefined if there was none to send
 * @throws the `pg` error if the database does not answer
 */
export async function sweepAlerts(settings: AlertSettings, signal?: AbortSignal): Promise<AlertOutcome | undefined> {
  return (await countAll(settings.pool, signal)) ? tell(settings, signal) : undefined;
}

/**
 * Counts every trouble in its record, in small statements, and ends the records of causes that are over.
 *
 * @returns false if another process does that now. It then tells people
 */
async function countAll(pool: Pool, signal?: AbortSignal): Promise<boolean> {
  const endAt = performance.now() + COUNTING_MS;
  const positions: Positions = new Map();
  const mayGoOn = () => signal?.aborted !== true && performance.now() < endAt;
  for (const cause of TROUBLE_NAMES) {
    let hasMore: boolean | undefined = true;
    while (hasMore && mayGoOn()) hasMore = await countTroubles(pool, cause, BATCH, positions);
    if (hasMore === undefined) return false;
  }
  return (await endPast(pool)) ?? false;
}

/** Sends the messages that are due. If the process ends between Discord's answer and the note, people are alerted twice rather than never. */
async function tell(
  { pool, discord, minutesBetween = MINUTES_BETWEEN }: AlertSettings,
  signal?: AbortSignal,
): Promise<AlertOutcome | undefined> {
  const messages = await claimMessages(pool, minutesBetween);
  if (messages.length === 0) return undefined;
  const outcome = await sendAlert(discord, alertContent(messages), signal);
  alerts.inc({ outcome: outcome.kind });
  if (outcome.kind !== "sent") {
    await releaseMessages(pool, messages);
    return outcome;
  }
  await noteTold(pool, messages);
  for (const { cause, count, isOver } of messages) logInfo("people were alerted", { cause, count, isOver });
  return outcome;
}
