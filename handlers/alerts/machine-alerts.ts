/** The parts that the alerts about one machine share. They need no database: their records are in the spool's file. */
import { type LogFields, logInfo } from "../log/log.ts";
import { alerts } from "../log/metrics.ts";
import type { Backoff } from "../worker/retry.ts";
import { AlertError, type DiscordWebhook, sendAlert } from "./discord.ts";

/** The settings of a worker that alerts people about this machine. */
export interface MachineAlertSettings {
  /** The spool's file, which holds the records. */
  readonly spoolFile: string;
  readonly discord: DiscordWebhook;
  /** The machine's name, for people. */
  readonly machine: string;
  /** How often the worker looks, in milliseconds. Default: {@link ALERTS_EVERY_MS}. */
  readonly everyMs?: number;
  /** The clock, in milliseconds since 1970. Default: the system's. */
  readonly now?: () => number;
  /** The pauses while Discord is away. Default: up to 30 seconds. */
  readonly backoff?: Backoff;
}

/** How often such a worker looks, in milliseconds. */
export const ALERTS_EVERY_MS = 10_000;

/** A record is small and nobody waits for it, but the event loop does. */
export const RECORDS_FILE = { synchronous: "normal", busyTimeoutMs: 250 } as const;

/** A message that is due. */
export interface DueMessage {
  readonly content: string;
  /** The fields of the line that is logged once people were told. */
  readonly logged: LogFields;
  /** Notes that people were told. */
  readonly told: () => void;
  /** Gives up the claim on the message, if there is one, because people could not be told. */
  readonly release?: () => void;
}

/**
 * Sends messages one by one, until Discord asks to wait.
 *
 * @param messages each is asked for once the one before it was sent
 * @returns the time before which Discord takes nothing, in milliseconds since 1970, or 0
 * @throws AlertError if Discord did not take a message
 */
export async function sendDue(
  messages: Iterable<DueMessage>,
  { discord, now = Date.now }: Pick<MachineAlertSettings, "discord" | "now">,
  signal: AbortSignal,
): Promise<number> {
  for (const { content, logged, told, release } of messages) {
    const outcome = await sendAlert(discord, content, signal);
    alerts.inc({ outcome: outcome.kind });
    if (outcome.kind !== "sent") release?.();
    if (outcome.kind === "limited") return now() + outcome.afterMs;
    if (outcome.kind === "failed") throw new AlertError(outcome.reason);
    told();
    logInfo("people were alerted", logged);
  }
  return 0;
}
