/** Fetches recordings from Twilio and stores each of them once. */
import type { Pool } from "pg";
import { logInfo } from "../log/log.ts";
import { recordings } from "../log/metrics.ts";
import { startQueueWorker } from "../worker/queue-worker.ts";
import { oneLine } from "../worker/retry.ts";
import type { Worker } from "../worker/worker.ts";
import { fetchMedia, MEDIA_TIMEOUT_MS, type MediaResult, type MediaSettings } from "./media.ts";
import {
  type ClaimedRecording,
  claimRecordings,
  type StoredRecording,
  settleFailed,
  settleReleased,
  settleRetried,
  settleStored,
} from "./recording-queue.ts";
import { RecordingRefused, type RecordingStore, recordingKey, STORE_TIMEOUT_MS } from "./recording-store.ts";

/** The settings of {@link startRecorder}. */
export interface RecorderSettings {
  readonly pool: Pool;
  readonly media: MediaSettings;
  readonly store: RecordingStore;
  /** How often the table is polled without a nudge, in milliseconds. Default: 2 seconds. */
  readonly everyMs?: number;
  /** How many recordings are fetched at the same time. Default: 1, because a recording of 64 MiB takes several times as much memory. */
  readonly slots?: number;
  /** The pauses after failed attempts, in milliseconds. The failure after the last pause is final. Default: {@link RETRY_PAUSES_MS}. */
  readonly pausesMs?: readonly number[];
  /** How long a recording stays claimed if its process ends, in milliseconds. Default: both time-outs and 30 seconds. */
  readonly leaseMs?: number;
}

/**
 * The default pauses, in milliseconds: 12 attempts in about two hours. Twilio prepares a recording within seconds, but a rotated token or an
 * outage takes longer.
 */
export const RETRY_PAUSES_MS: readonly number[] = [
  2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_200_000, 1_800_000, 3_600_000,
];

const LEASE_MARGIN_MS = 30_000;

/** The outcome of an attempt. */
type Outcome = Exclude<MediaResult, { kind: "fetched" }> | ({ readonly kind: "stored" } & StoredRecording);

/** Starts the recorder. Any number of processes may share the table. */
export function startRecorder(settings: RecorderSettings): Worker {
  const { pool, media, everyMs = 2_000, slots = 1 } = settings;
  const { leaseMs = (media.timeoutMs ?? MEDIA_TIMEOUT_MS) + STORE_TIMEOUT_MS + LEASE_MARGIN_MS } = settings;
  return startQueueWorker({
    name: "recordings",
    everyMs,
    slots,
    claim: (limit) => claimRecordings(pool, limit, leaseMs),
    work: (recording, signal) => workOn(recording, settings, signal),
  });
}

async function workOn(recording: ClaimedRecording, settings: RecorderSettings, signal: AbortSignal): Promise<void> {
  const { pool, pausesMs = RETRY_PAUSES_MS } = settings;
  const { recordingSid, attempt } = recording;
  const outcome = givingUp(await attemptOf(recording, settings, signal, pausesMs), attempt, pausesMs);
  recordings.inc({ outcome: outcome.kind });
  logInfo("an attempt to store a recording ended", { recording: recordingSid, outcome: outcome.kind, attempt });
  switch (outcome.kind) {
    case "stored":
      return settleStored(pool, recording, outcome);
    case "released":
      return settleReleased(pool, recording);
    case "failed":
      return settleFailed(pool, recording, outcome.reason);
    case "retried":
      return settleRetried(pool, recording, outcome.reason, Math.max(outcome.afterMs ?? 0, pausesMs[attempt - 1] ?? 0));
  }
}

/** Makes one attempt, or none if the attempts are used up: otherwise a recording that always ends the process would be tried for ever. */
async function attemptOf(
  recording: ClaimedRecording,
  settings: RecorderSettings,
  signal: AbortSignal,
  pausesMs: readonly number[],
): Promise<Outcome> {
  if (recording.attempt > pausesMs.length + 1) return { kind: "failed", reason: "the last attempt was cut off" };
  const fetched = await fetchMedia(recording.recordingSid, settings.media, signal);
  return fetched.kind === "fetched" ? store(recording, settings.store, fetched, signal) : fetched;
}

async function store(
  { callSid, recordingSid }: ClaimedRecording,
  { put }: RecordingStore,
  { bytes, contentType }: Extract<MediaResult, { kind: "fetched" }>,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const location = await put(recordingKey(callSid, recordingSid), bytes, contentType, signal);
    return { kind: "stored", location, contentType, bytes: bytes.length };
  } catch (error) {
    if (signal.aborted) return { kind: "released" };
    const reason = oneLine(error instanceof Error ? error.message : "the store failed");
    return { kind: error instanceof RecordingRefused ? "failed" : "retried", reason };
  }
}

function givingUp(outcome: Outcome, attempt: number, pausesMs: readonly number[]): Outcome {
  if (outcome.kind !== "retried" || attempt <= pausesMs.length) return outcome;
  return { kind: "failed", reason: oneLine(`given up after ${attempt} attempts: ${outcome.reason}`) };
}
