/**
 * The handler's log: one line of JSON for each entry, on standard output or, for errors, on standard error.
 *
 * Entries other than errors are collected for a moment and written together. They go through `process.stdout`: in PM2's cluster mode only that
 * leads to the process's own log, because file descriptor 1 belongs to PM2's daemon
 * (https://github.com/Unitech/pm2/blob/v7.0.4/lib/ProcessContainer.js).
 */
import { type LoggerOptions, pino, stdTimeFunctions } from "pino";

/** The fields of an entry: no secret, and no text that a caller wrote. The names `level`, `time` and `msg` are reserved. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The levels, from the one that logs most to the one that logs least. */
export const LOG_LEVELS = ["info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The longest time that an entry waits for others, in milliseconds, and the most characters that wait. */
const FLUSH_AFTER_MS = 50;
const FLUSH_AT_LENGTH = 16 * 1024;

/** The most bytes that wait for a stuck reader. Further entries are dropped and counted, since the memory is for webhooks. */
const MAX_UNREAD = 4 * 1024 * 1024;

/** The most stack frames that are logged, and the most errors of a chain that are searched for a code. */
const MAX_FRAMES = 10;
const MAX_CAUSES = 5;

/** A stack frame as V8 writes it, with its position in a file (https://v8.dev/docs/stack-trace-api). */
const FRAME = /^at .*:\d+:\d+\)?$/;

/** The form of an error code: one word. A value with blanks may be a text that somebody wrote. */
const CODE = /^[A-Za-z0-9_.:-]{1,64}$/;

const OPTIONS: LoggerOptions = {
  base: null,
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (level) => ({ level }) },
};

let waiting = "";
let dropped = 0;
let flushTimer: NodeJS.Timeout | undefined;
let isPrepared = false;

const entries = pino(OPTIONS, { write: writeSoon });
const errors = pino(OPTIONS, { write: writeNow });

/** Sets the lowest level that is logged. Default: `info`. */
export function setLogLevel(level: LogLevel): void {
  entries.level = level;
  errors.level = level;
}

/** Logs an event. */
export function logInfo(msg: string, fields: LogFields = {}): void {
  entries.info(fields, msg);
}

/** Logs something that a person should look at when there is time. */
export function logWarning(msg: string, fields: LogFields = {}): void {
  entries.warn(fields, msg);
}

/**
 * Logs an error at once: its name, its code or that of the nearest cause with a code, and its stack frames. The error's message is left out,
 * since it may quote a body or a secret.
 */
export function logError(msg: string, error: unknown, fields: LogFields = {}): void {
  const name = error instanceof Error ? error.name : typeof error;
  errors.error({ ...fields, error: name, code: codeOf(error), at: framesOf(error) }, msg);
}

/**
 * Writes all waiting entries. The end of the process does so too. A host that may be frozen, or that calls `process.exit`, must await this
 * first, because a full pipe takes the rest later (https://nodejs.org/api/process.html#a-note-on-process-io).
 *
 * @returns a promise that resolves once the operating system has taken or refused all of it
 */
export function flushLog(): Promise<void> {
  clearTimeout(flushTimer);
  flushTimer = undefined;
  const lines = waiting;
  waiting = "";
  // PM2's replacement of `write` takes the callback only as the third argument.
  return new Promise((resolve) => void process.stdout.write(lines, "utf8", () => resolve()));
}

function writeSoon(line: string): void {
  prepare();
  if (process.stdout.writableLength > MAX_UNREAD) {
    dropped += 1;
    return;
  }
  waiting += line;
  if (dropped > 0) reportDropped();
  if (waiting.length >= FLUSH_AT_LENGTH) void flushLog();
  else flushTimer ??= setTimeout(flushLog, FLUSH_AFTER_MS).unref();
}

function reportDropped(): void {
  const lines = dropped;
  dropped = 0;
  logWarning("lines were dropped: nobody read the log", { lines });
}

/** Writes an error. The entries before it are written first, in case the process ends. */
function writeNow(line: string): void {
  prepare();
  if (waiting !== "") void flushLog();
  process.stderr.write(line);
}

/** Lets a full disk or a missing reader not end the handler, and writes waiting entries at the end of the process. */
function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  const ignore = () => undefined;
  process.stdout.on("error", ignore);
  process.stderr.on("error", ignore);
  const flushRest = () => void (waiting !== "" && flushLog());
  // In `beforeExit`, asynchronous writes are still carried out.
  process.on("beforeExit", flushRest).on("exit", flushRest);
}

/** The frames of an error's stack. The message in front of them is cut off, since a line of it may look like a frame. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { stack = "", message } = error;
  const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
  return frames
    .map((line) => line.trim())
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES);
}

function codeOf(error: unknown, depth = 0): string | number | undefined {
  if (!(error instanceof Error) || depth === MAX_CAUSES) return undefined;
  const code = "code" in error ? error.code : undefined;
  if (typeof code === "number" || (typeof code === "string" && CODE.test(code))) return code;
  return codeOf(error.cause, depth + 1);
}
