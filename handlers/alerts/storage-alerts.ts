/** Alerts people about the storage of this machine, without the database: once for each cause, and once more when it is over. */
import { DatabaseSync } from "node:sqlite";
import { logInfo } from "../log/log.ts";
import { alerts } from "../log/metrics.ts";
import { openSpoolFile, prepareSpoolFile } from "../spool/spool-file.ts";
import type { StorageHealth } from "../storage/health.ts";
import type { Backoff } from "../worker/retry.ts";
import { startWorker, type Worker } from "../worker/worker.ts";
import { type AlertRecords, createAlertRecords, type DueAlert } from "./alert-records.ts";
import { AlertError, type DiscordWebhook, sendAlert } from "./discord.ts";
import { minutes } from "./duration.ts";
import { recordedCauses, unrecordedCauses } from "./storage-causes.ts";

/** The settings of {@link startStorageAlerts}. */
export interface StorageAlertSettings {
  readonly health: () => Promise<StorageHealth>;
  /** The spool's file, which holds the records. */
  readonly spoolFile: string;
  readonly discord: DiscordWebhook;
  /** The machine's name, for people. */
  readonly machine: string;
  /** How often the storage is examined, in milliseconds. Default: 10 seconds. */
  readonly everyMs?: number;
  /** The clock, in milliseconds since 1970. Default: the system's. */
  readonly now?: () => number;
  /** The pauses while Discord is away. Default: up to 30 seconds. */
  readonly backoff?: Backoff;
}

const EVERY_MS = 10_000;

/** How often in a row the spool must fail before people are alerted. */
const FAILURES = 3;

/** A record is small and nobody waits for it, but the event loop does. */
const FILE = { synchronous: "normal", busyTimeoutMs: 250 } as const;

/**
 * Starts the worker. Several processes of a machine may run it: they share the records, and one of them sends each message. If the spool's file
 * cannot be written, each process remembers only for itself that people were told.
 */
export function startStorageAlerts(settings: StorageAlertSettings): Worker {
  const { everyMs = EVERY_MS, now = Date.now, backoff } = settings;
  const file = openSpoolFile(settings.spoolFile, FILE);
  const memory = new DatabaseSync(":memory:");
  prepareSpoolFile(memory);
  const recorded = createAlertRecords(file);
  const unrecorded = createAlertRecords(memory);
  let notBefore = 0;
  let failures = 0;
  const run = async (signal: AbortSignal) => {
    const health = await settings.health();
    // Another process's writes may lock the file for a moment.
    failures = health.spool.state === "failing" ? failures + 1 : 0;
    unrecorded.see(failures >= FAILURES ? unrecordedCauses(health) : [], now());
    if (health.spool.state === "works") recorded.see(recordedCauses(health, now()), now());
    if (now() < notBefore || signal.aborted) return false;
    notBefore = await sendDue(unrecorded, settings, now, signal);
    if (health.spool.state === "works") notBefore ||= await sendDue(recorded, settings, now, signal);
    return false;
  };
  const worker = startWorker({ name: "storage alerts", everyMs, run, backoff });
  const stop = async () => {
    await worker.stop();
    file.close();
    memory.close();
  };
  return { nudge: worker.nudge, stop };
}

/** Sends what is due. Returns the time before which Discord takes nothing, or 0. */
async function sendDue(
  records: AlertRecords,
  { discord, machine }: StorageAlertSettings,
  now: () => number,
  signal: AbortSignal,
): Promise<number> {
  for (const alert of records.claimDue(now())) {
    const outcome = await sendAlert(discord, contentOf(alert, machine), signal);
    alerts.inc({ outcome: outcome.kind });
    if (outcome.kind === "limited") return now() + outcome.afterMs;
    if (outcome.kind === "failed") throw new AlertError(outcome.reason);
    records.told(alert, now());
    logInfo("people were alerted", { cause: alert.cause, kind: alert.kind });
  }
  return 0;
}

function contentOf({ kind, text, openedAt, seenAt }: DueAlert, machine: string): string {
  if (kind === "open") return `Twilio hub on ${machine}: ${text}`;
  return `Twilio hub on ${machine}: over after ${minutes(seenAt - openedAt)}: ${text}`;
}
