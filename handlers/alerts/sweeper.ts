/** Alerts people about events, recordings, calls and texts that need attention: each once, and during an outage several in one alert. */
import type { Pool } from "pg";
import { logInfo } from "../log/log.ts";
import { alerts } from "../log/metrics.ts";
import { inTransaction } from "../storage/transaction.ts";
import type { Backoff } from "../worker/retry.ts";
import { startWorker, type Worker } from "../worker/worker.ts";
import { alertContent, type Troubles } from "./content.ts";
import { AlertError, type AlertOutcome, type DiscordWebhook, sendAlert } from "./discord.ts";
import { type Due, markAlerted, mayAlert, takeDue } from "./due.ts";

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

/** Starts the sweeper. Troubles that Discord does not take stay due for the next sweep. */
export function startAlerts(settings: AlertSettings): Worker {
  let notBefore = 0;
  const run = async (signal: AbortSignal) => {
    if (Date.now() < notBefore) return false;
    const outcome = await sweepAlerts(settings, signal);
    if (outcome?.kind === "limited") notBefore = Date.now() + outcome.afterMs;
    if (outcome?.kind === "failed" && !signal.aborted) throw new AlertError(outcome.reason);
    return false;
  };
  return startWorker({ name: "alerts", everyMs: settings.everyMs ?? 5_000, run, backoff: settings.backoff });
}

/**
 * Searches the tables once, and sends at most one alert.
 *
 * The rows stay locked while Discord answers, and are marked in the same transaction. If the transaction is cut off, people are alerted twice
 * rather than never.
 *
 * @returns the outcome of the alert, or undefined if there was none to send
 * @throws the `pg` error if the database does not answer
 */
export async function sweepAlerts(
  { pool, discord, minutesBetween = MINUTES_BETWEEN }: AlertSettings,
  signal?: AbortSignal,
): Promise<AlertOutcome | undefined> {
  return inTransaction(pool, async (client) => {
    if (!(await mayAlert(client, minutesBetween))) return undefined;
    const due = await takeDue(client);
    const { events, recordings, outbound } = due;
    if (events.length + recordings.length + outbound.length === 0) return undefined;
    const outcome = await sendAlert(discord, alertContent(troublesOf(due)), signal);
    alerts.inc({ outcome: outcome.kind });
    if (outcome.kind !== "sent") return outcome;
    await markAlerted(client, due);
    logInfo("people were alerted", { events: events.length, recordings: recordings.length, outbound: outbound.length });
    return outcome;
  });
}

function troublesOf({ events, recordings, outbound }: Due): Troubles {
  const { parked = [], waiting: failing = [] } = Object.groupBy(events, ({ state }) => state);
  return { parked, failing, recordings, outbound };
}
