/** Tells people of events and recordings that need them: each once, and in an outage all of them together. */
import type { Pool } from "pg";
import { logInfo } from "../log/log.ts";
import { alerts } from "../log/metrics.ts";
import { inTransaction } from "../storage/transaction.ts";
import type { Backoff } from "../work/retry.ts";
import { startWorker, type Worker } from "../work/worker.ts";
import { alertContent, type Troubles } from "./content.ts";
import { type AlertOutcome, type DiscordWebhook, sendAlert } from "./discord.ts";
import { type Due, markTold, mayAlert, takeDue } from "./due.ts";

/** What {@link startAlerts} is given. */
export interface AlertSettings {
  readonly pool: Pool;
  readonly discord: DiscordWebhook;
  /** How often the tables are looked through, in milliseconds: 5 seconds by default. */
  readonly everyMs?: number;
  /** How many minutes lie between two alerts at least, across all processes: 15 by default. The first of an outage goes out at once. */
  readonly minutesBetween?: number;
  /** The pauses while Discord or the database is away: up to 30 seconds by default. */
  readonly backoff?: Backoff;
}

const MINUTES_BETWEEN = 15;

/** Starts looking. What Discord does not take stays for the next time. */
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

/** An alert that Discord did not take. */
class AlertError extends Error {
  override readonly name = "AlertError";
  /** What the log shows. */
  readonly code: string;

  constructor(reason: string) {
    super(`the Discord webhook (DISCORD_OPS_WEBHOOK) did not take an alert: ${reason}`);
    this.code = reason.replace(/[^\w]+/g, "_");
  }
}

/**
 * Looks once, and sends at most one alert.
 *
 * The rows stay locked while Discord answers: what it took is marked in the same transaction, and if that is cut off, people are told twice
 * rather than never.
 *
 * @returns what came of the alert, or undefined where there was none to send
 * @throws Error of `pg`
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
    await markTold(client, due);
    logInfo("people were alerted", { events: events.length, recordings: recordings.length, outbound: outbound.length });
    return outcome;
  });
}

function troublesOf({ events, recordings, outbound }: Due): Troubles {
  const { parked = [], waiting: failing = [] } = Object.groupBy(events, ({ state }) => state);
  return { parked, failing, recordings, outbound };
}
