/** Shows a slow step while it runs: its name, how much of it is done, and how long it has taken. */

/** A step that ends within this time, in milliseconds, is not shown. */
const SILENT_MS = 2_000;

/** Without a terminal, for example in a CI log, a line is written at most this often, in milliseconds. */
const LOG_EVERY_MS = 15_000;

/** The time between two updates, in milliseconds. */
const UPDATE_EVERY_MS = 1_000;

/** Moves to the start of the line and erases it (ECMA-48, "EL"). */
const ERASE_LINE = "\r\u001b[2K";

/** A stream to write to, for example `process.stderr`. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Reports how much is done, for example "12 of 40 packages compiled". */
export type ReportAmount = (amount: string) => void;

/** Runs slow steps and shows them on one output. */
export interface Progress {
  /**
   * Runs a step. On a terminal one line shows it, is updated, and is erased at the end. Elsewhere a line is written at most every 15 seconds. Of
   * nested steps, the innermost one that has run for two seconds is shown.
   *
   * @returns the result of `act`
   * @throws the error of `act`
   */
  run<Result>(name: string, act: (report: ReportAmount) => Promise<Result>): Promise<Result>;
  /** Writes other output, so that it never ends up in the middle of a progress line. */
  write(stream: ProgressOutput, text: string): void;
}

interface RunningStep {
  readonly name: string;
  readonly startedAt: number;
  amount: string;
}

/** Makes a progress display. A process needs only one: {@link progress}. */
export function createProgress(output: ProgressOutput): Progress {
  const isTerminal = output.isTTY === true && process.env.TERM !== "dumb";
  const running: RunningStep[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isLineShown = false;
  let silentUntil = 0;

  const erase = () => {
    if (isLineShown) output.write(ERASE_LINE);
    isLineShown = false;
  };
  const show = () => {
    const now = Date.now();
    const step = running.findLast(({ startedAt }) => now - startedAt >= SILENT_MS);
    if (step === undefined) return erase();
    const line = lineOf(step, now);
    if (isTerminal) {
      output.write(`${ERASE_LINE}${line.slice(0, (output.columns || 80) - 1)}`);
      isLineShown = true;
    } else if (now >= silentUntil) {
      output.write(`${line}\n`);
      silentUntil = now + LOG_EVERY_MS;
    }
  };
  const start = (step: RunningStep) => {
    running.push(step);
    timer ??= setInterval(show, UPDATE_EVERY_MS).unref();
  };
  const end = (step: RunningStep) => {
    running.splice(running.indexOf(step), 1);
    erase();
    if (running.length > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    async run(name, act) {
      const step = { name, startedAt: Date.now(), amount: "" };
      start(step);
      try {
        return await act((amount) => {
          step.amount = amount;
        });
      } finally {
        end(step);
      }
    },
    write(stream, text) {
      erase();
      stream.write(text);
      // Other output in a log also shows that something is running.
      silentUntil = Math.max(silentUntil, Date.now() + LOG_EVERY_MS);
    },
  };
}

function lineOf({ name, amount, startedAt }: RunningStep, now: number): string {
  return `${name}${amount === "" ? "" : `: ${amount}`}, ${elapsed(now - startedAt)}`;
}

/** A time span in words: `8 s`, `2 min 5 s`. */
function elapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** This process's progress display. It writes to standard error, so that standard output holds only the command's result. */
export const progress = createProgress(process.stderr);
