/** Alerts people about the storage of this machine, without the database: once for each cause, and once more when it is over. */
import { DatabaseSync } from "node:sqlite";
import { openSpoolFile, prepareSpoolFile } from "../spool/spool-file.ts";
import type { StorageHealth } from "../storage/health.ts";
import { startWorker, type Worker } from "../worker/worker.ts";
import { type AlertRecords, createAlertRecords, type DueAlert } from "./alert-records.ts";
import { minutes } from "./duration.ts";
import {
  ALERTS_EVERY_MS,
  type DueMessage,
  type MachineAlertSettings,
  RECORDS_FILE,
  sendDue,
} from "./machine-alerts.ts";
import { recordedCauses, unrecordedCauses } from "./storage-causes.ts";

/** The settings of {@link startStorageAlerts}. */
export interface StorageAlertSettings extends MachineAlertSettings {
  readonly health: () => Promise<StorageHealth>;
}

/** How often in a row the spool must fail before people are alerted. */
const FAILURES = 3;

/**
 * Starts the worker. Several processes of a machine may run it: they share the records, and one of them sends each message. If the spool's file
 * cannot be written, each process remembers only for itself that people were told.
 */
export function startStorageAlerts(settings: StorageAlertSettings): Worker {
  const { everyMs = ALERTS_EVERY_MS, now = Date.now, backoff } = settings;
  const file = openSpoolFile(settings.spoolFile, RECORDS_FILE);
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
    notBefore = await sendDue(dueMessages(unrecorded, settings, now), settings, signal);
    if (health.spool.state === "works")
      notBefore ||= await sendDue(dueMessages(recorded, settings, now), settings, signal);
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

function dueMessages(
  records: AlertRecords,
  { machine }: StorageAlertSettings,
  now: () => number,
): readonly DueMessage[] {
  return records.claimDue(now()).map((alert) => ({
    content: contentOf(alert, machine),
    logged: { cause: alert.cause, kind: alert.kind },
    told: () => records.told(alert, now()),
  }));
}

function contentOf({ kind, text, openedAt, seenAt }: DueAlert, machine: string): string {
  if (kind === "open") return `Twilio hub on ${machine}: ${text}`;
  return `Twilio hub on ${machine}: over after ${minutes(seenAt - openedAt)}: ${text}`;
}
