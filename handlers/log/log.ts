/**
 * The handler's log: one line of JSON an entry, on standard output or, for errors, on standard error.
 *
 * What is not an error is kept for a moment and written with what follows it. It goes through `process.stdout`, which under PM2's cluster
 * mode alone leads to the process's own log: the file descriptor 1 is that of PM2's daemon
 * (https://github.com/Unitech/pm2/blob/v7.0.4/lib/ProcessContainer.js).
 */
import { type LoggerOptions, pino, stdTimeFunctions } from "pino";

/** What an entry may hold beside its message: no secret, and nothing that a caller wrote. `level`, `time` and `msg` are the log's own. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** From the most to the least that is logged. */
export const LOG_LEVELS = ["info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How long an entry may wait for others, in milliseconds, and how much may wait, in characters. */
const FLUSH_AFTER_MS = 50;
const FLUSH_AT_LENGTH = 16 * 1024;

/** How much may wait for a reader that is stuck, in bytes. What comes then is dropped and counted: the memory is for webhooks. */
const MAX_UNREAD = 4 * 1024 * 1024;

/** How many frames of a stack are logged, and how many errors of a chain are looked at for a code. */
const MAX_FRAMES = 10;
const MAX_CAUSES = 5;

/** A frame as V8 writes it, with the place in a file (https://v8.dev/docs/stack-trace-api). */
const FRAME = /^at .*:\d+:\d+\)?$/;

/** A code is a word. What has blanks may be a text that somebody put there. */
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

/** Logs nothing below a level from now on. It is `info` until then. */
export function setLogLevel(level: LogLevel): void {
  entries.level = level;
  errors.level = level;
}

/** Logs what happened. */
export function logInfo(msg: string, fields: LogFields = {}): void {
  entries.info(fields, msg);
}

/** Logs what a person should look at when there is time. */
export function logWarning(msg: string, fields: LogFields = {}): void {
  entries.warn(fields, msg);
}

/**
 * Logs an error, at once: its name, its code or that of its nearest cause that has one, and where it was thrown. Its message is left out: a
 * message may quote the value that it complains of, and so a body or a secret.
 */
export function logError(msg: string, error: unknown, fields: LogFields = {}): void {
  const name = error instanceof Error ? error.name : typeof error;
  errors.error({ ...fields, error: name, code: codeOf(error), at: framesOf(error) }, msg);
}

/**
 * Writes what still waits. That is done at the end of the process too; a host that may be frozen, or that calls `process.exit`, waits for it
 * before: a pipe that is full takes the rest later (https://nodejs.org/api/process.html#a-note-on-process-io).
 *
 * @returns when the operating system has all of it, or refuses it
 */
export function flushLog(): Promise<void> {
  clearTimeout(flushTimer);
  flushTimer = undefined;
  const lines = waiting;
  waiting = "";
  // PM2's replacement takes the callback in the third place alone.
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

/** What led to the error is written before it, in case the process does not live on. */
function writeNow(line: string): void {
  prepare();
  if (waiting !== "") void flushLog();
  process.stderr.write(line);
}

/** A full disk or a reader that went away must not end the handler. */
function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  const ignore = () => undefined;
  process.stdout.on("error", ignore);
  process.stderr.on("error", ignore);
  const flushRest = () => void (waiting !== "" && flushLog());
  // Before the exit, what is not synchronous still gets out.
  process.on("beforeExit", flushRest).on("exit", flushRest);
}

/** Without the text before the frames: it is the message, which may itself hold a line that looks like a frame. */
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
