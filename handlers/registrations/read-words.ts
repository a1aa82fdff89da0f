/** Reads Twilio's words on the manifest's senders. Any number of processes may do so: a word is read by one of them at a time. */
import type { Pool } from "pg";
import { readRegistrations } from "../../hub/registrations/read-registrations.ts";
import { wordOf } from "../../hub/registrations/word-of.ts";
import { registrationReadings, senderVerified } from "../log/metrics.ts";
import { startWorker, type Worker } from "../worker/worker.ts";
import { senderReasons } from "./sender-state.ts";
import { type ReadAccount, twilioGet, UnreadError } from "./twilio-get.ts";
import { type RegistrationSource, wantedRegistrations } from "./wanted.ts";
import { type ClaimedWord, claimWords, LEASE_SECONDS, noteUnread, writeWord } from "./words.ts";

/** The settings of {@link startReadingWords}. */
export interface WordsSettings {
  readonly pool: Pool;
  readonly manifest: RegistrationSource;
  readonly account: ReadAccount;
  /** How often the table is searched for words that are due, in milliseconds. Default: 10 seconds. */
  readonly everyMs?: number | undefined;
}

/** The running worker. */
export interface WordsWorker extends Worker {
  /** Resolves when the first round has ended, whatever its outcome. A text that comes earlier waits for it. */
  readonly firstRound: Promise<void>;
}

const EVERY_MS = 10_000;

/** The least pause after a failed reading, for all processes, in milliseconds. */
const FAILURE_PAUSE_MS = 10_000;

/** The time limit of a whole reading, in milliseconds. It ends within the lease. */
const READING_MS = (LEASE_SECONDS * 1_000) / 2;

/** Starts the worker. Each of its rounds reads the words that are due, and sets the metric. */
export function startReadingWords(settings: WordsSettings): WordsWorker {
  const { promise: firstRound, resolve } = Promise.withResolvers<void>();
  const run = async (signal: AbortSignal) => {
    try {
      await readDueWords(settings, signal);
    } finally {
      resolve();
    }
    return false;
  };
  return { ...startWorker({ name: "registrations", everyMs: settings.everyMs ?? EVERY_MS, run }), firstRound };
}

/**
 * Reads the words that are due from Twilio and writes them.
 *
 * @throws UnreadError or Error if Twilio did not say; the `pg` error if the database does not answer
 */
export async function readDueWords(settings: WordsSettings, signal: AbortSignal): Promise<void> {
  const { pool, manifest, account } = settings;
  const claimed = await claimWords(pool, wantedRegistrations(manifest), account.accountSid);
  try {
    if (claimed.length > 0) await readClaimed(settings, claimed, signal);
  } finally {
    await measure(settings);
  }
}

async function readClaimed(
  { pool, account }: WordsSettings,
  claimed: readonly ClaimedWord[],
  signal: AbortSignal,
): Promise<void> {
  const get = twilioGet(account, AbortSignal.any([signal, AbortSignal.timeout(READING_MS)]));
  const wanted = claimed.map(({ registration }) => registration);
  const registrations = await readRegistrations(get, wanted).catch(async (error: unknown) => {
    registrationReadings.inc({ outcome: "failed" });
    const afterMs = error instanceof UnreadError ? (error.afterMs ?? 0) : 0;
    const pauseMs = signal.aborted ? 0 : Math.max(afterMs, FAILURE_PAUSE_MS);
    await noteUnread(pool, claimed, error instanceof Error ? error.message : "Twilio did not say", pauseMs);
    throw error;
  });
  for (const word of claimed) await writeWord(pool, word, wordOf(word.registration, registrations, account.accountSid));
  registrationReadings.inc({ outcome: "read" });
}

async function measure({ pool, manifest, account: { accountSid } }: WordsSettings): Promise<void> {
  for (const { sender, registrationSid } of wantedRegistrations(manifest)) {
    const reasons = await senderReasons(pool, sender, { registrationSid, accountSid });
    senderVerified.set({ sender }, reasons.length === 0 ? 1 : 0);
  }
}
