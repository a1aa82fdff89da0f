/**
 * The pace of a supervised process's starts. PM2 restarts a process that ended at once and for ever, and each start reads every secret from 1Password, whose
 * smallest account has 1,000 requests a day (https://developer.1password.com/docs/service-accounts/rate-limits/). A start therefore waits before it asks: longer
 * and longer, up to an hour. That makes about 30 starts a day, of at most 24 requests each.
 */
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { logWarning } from "../log/log.ts";
import { OpLimited, OpUnavailable } from "./op-failure.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** A start of a process, and when the next one may ask 1Password. Times are in milliseconds since 1970. */
const Start = z.object({ release: z.string(), at: z.number(), count: z.number(), notBefore: z.number() });
type Start = z.infer<typeof Start>;

/** The pauses between a start and the next one, in milliseconds. The last one repeats. */
export const START_PAUSES_MS: readonly number[] = [2, 10, 30, 60, 300, 900, 3_600].map((seconds) => seconds * 1_000);
const LONGEST_MS = 3_600_000;

/** The time from a start to the next one after which the pauses begin anew, in milliseconds: the process ran well, since no pause is as long. */
const SETTLED_MS = 2 * LONGEST_MS;

/** The longest pause after a start that did not reach 1Password, in milliseconds: it used nothing up. */
const UNASKED_MS = 60_000;

/** How often a waiting start looks whether a check has let it go, in milliseconds. */
const LOOK_EVERY_MS = 1_000;

/** The starts of one process of PM2. */
export interface StartPace {
  /**
   * Waits until this start may ask 1Password, and records it.
   *
   * @throws Error naming `SPOOL_FILE` if its folder cannot be written: the start would fail for that reason later
   */
  begin(): Promise<void>;
  /** Changes the pause that follows this start, if its failure says more about it. */
  failed(error: unknown): void;
}

/**
 * The pace of this process. Outside PM2 and without a spool it does not wait: a person starts the process there, or it fails before it asks.
 *
 * @param variables the process's environment. PM2 sets `pm_id`, the place of the process in its list, and `instances`
 * @param release the release's digest. Another release starts at once
 */
export function startPace(variables: Variables, release: string): StartPace {
  const { SPOOL_FILE: spoolFile = "", pm_id: place = "", instances = "" } = variables;
  if (!/^\d+$/.test(place) || spoolFile === "") return { begin: async () => {}, failed: () => {} };
  const file = `${spoolFile}${SUFFIX}${place}`;
  // Each process has a pace of its own, and all of them read from the same account.
  const processes = /^[1-9]\d?$/.test(instances) ? Number(instances) : 1;
  return {
    begin: async () => {
      const last = await waited(file, release);
      const now = Date.now();
      const isSettled = last === undefined || now - last.at >= SETTLED_MS * processes;
      const count = isSettled ? 1 : last.count + 1;
      const pauseMs = START_PAUSES_MS[Math.min(count, START_PAUSES_MS.length) - 1] ?? LONGEST_MS;
      write(file, { release, at: now, count, notBefore: now + pauseMs * processes });
    },
    failed: (error) => {
      const start = read(file, release);
      if (start !== undefined) write(file, { ...start, notBefore: notBeforeAfter(error, start) });
    },
  };
}

/** Lets the next start of each process go at once: somebody has checked that it can succeed. */
export function forgetStarts({ SPOOL_FILE: spoolFile = "" }: Variables): void {
  if (spoolFile === "") return;
  const folder = dirname(spoolFile);
  for (const name of namesIn(folder)) {
    if (name.startsWith(`${basename(spoolFile)}${SUFFIX}`)) rmSync(join(folder, name), { force: true });
  }
}

/** The end of a record's path, after the spool's and before the place of the process. */
const SUFFIX = ".start-";

/** Waits until the next start is due. Returns the last start of this release, if there is one. */
async function waited(file: string, release: string): Promise<Start | undefined> {
  for (let isTold = false; ; isTold = true) {
    const last = read(file, release);
    const waitMs = last === undefined ? 0 : last.notBefore - Date.now();
    if (waitMs <= 0) return last;
    if (!isTold) {
      const fields = { seconds: Math.ceil(waitMs / 1_000), starts: last?.count };
      logWarning("the start waits before it asks 1Password; a check that succeeds lets it go at once", fields);
    }
    await delay(Math.min(waitMs, LOOK_EVERY_MS));
  }
}

function notBeforeAfter(error: unknown, { at, notBefore }: Start): number {
  const failure = opFailureIn(error);
  if (failure instanceof OpLimited) return Math.max(notBefore, Date.now() + (failure.waitMs ?? LONGEST_MS));
  const wasAsked = failure?.wasAsked ?? isFromVault(error);
  return wasAsked ? notBefore : Math.min(notBefore, at + UNASKED_MS);
}

/** The failure of `op` behind an error, if it is one that concerns every reference. */
function opFailureIn(error: unknown): OpUnavailable | undefined {
  if (error instanceof OpUnavailable) return error;
  return error instanceof Error ? opFailureIn(error.cause) : undefined;
}

/** Whether an error came while secrets were read. That of a wrong environment, which is found before, has no cause. */
function isFromVault(error: unknown): boolean {
  return error instanceof Error && error.cause !== undefined;
}

/** The last start of this release. A damaged record, one of another release and one from the future count as none. */
function read(file: string, release: string): Start | undefined {
  try {
    const start = Start.parse(JSON.parse(readFileSync(file, "utf8")));
    return start.release === release && start.at <= Date.now() ? start : undefined;
  } catch {
    return undefined;
  }
}

function write(file: string, start: Start): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(start));
    renameSync(`${file}.new`, file);
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new Error(
      `SPOOL_FILE: its folder ${dirname(file)} cannot be written (${reason}); let the handler's user write it`,
      { cause },
    );
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
