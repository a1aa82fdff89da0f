import { styleText } from "node:util";
import { type Progress, progress } from "../cli/progress.ts";
import { wrapText } from "../cli/wrap-text.ts";

/** A step of the demo with its expected and its actual result. */
export interface Step {
  /** The heading under which it is shown. */
  readonly group: string;
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly ok: boolean;
  /** The time since the step before, or since the heading: a step's preparation is part of it. */
  readonly seconds: number;
}

/** Options for running and showing steps. */
export interface StepsOptions {
  /** Whether the expected and the actual result are shown for each step, not only if they differ. */
  readonly verbose: boolean;
  /** Stops the demo between two steps. */
  readonly interrupt: AbortSignal;
  /** Default: this process's progress display. */
  readonly shown?: Progress;
  /** Default: standard output. */
  readonly output?: Pick<NodeJS.WriteStream, "write">;
}

/** The maximum length of a line, in characters. */
const WIDTH = 100;
const MARK_WIDTH = 8;
const NAME_WIDTH = 66;
const TIME_WIDTH = 9;
const LABEL_WIDTH = 10;

/** Runs the demo's steps and shows each as a line, under headings. */
export class Steps {
  readonly all: Step[] = [];
  readonly #options: Required<StepsOptions>;
  #group = "";
  #startedAt = performance.now();

  constructor(options: StepsOptions) {
    this.#options = { shown: progress, output: process.stdout, ...options };
  }

  /** Begins a group of steps under a heading. */
  group(title: string): void {
    this.#group = title;
    this.#startedAt = performance.now();
    this.#write(`\n${styleText("bold", title)}\n`);
  }

  /**
   * Runs a step and compares its result with the expected one. If the step throws, the error is its result, and the demo continues.
   *
   * @throws Interrupted if the demo was interrupted
   */
  async check(name: string, expected: string, act: () => Promise<string>): Promise<void> {
    const { interrupt, shown } = this.#options;
    const actual = await shown
      .run(name, act)
      .catch((error: unknown) => `error: ${error instanceof Error ? error.message : error}`);
    interrupt.throwIfAborted();
    const now = performance.now();
    const seconds = Math.round((now - this.#startedAt) / 100) / 10;
    this.#startedAt = now;
    const step = { group: this.#group, name, expected, actual, ok: actual === expected, seconds };
    this.all.push(step);
    this.#write(`${lineOf(step)}\n`);
    if (!step.ok || this.#options.verbose) this.#write(`${details(step)}\n`);
  }

  /** Whether every step was as expected. */
  get ok(): boolean {
    return this.all.every(({ ok }) => ok);
  }

  #write(text: string): void {
    this.#options.shown.write(this.#options.output, text);
  }
}

function lineOf({ name, ok, seconds }: Step): string {
  const mark = ok ? styleText("green", "ok".padEnd(MARK_WIDTH - 2)) : styleText("red", "FAIL".padEnd(MARK_WIDTH - 2));
  return `  ${mark}${name.padEnd(NAME_WIDTH)}${`${seconds.toFixed(1)} s`.padStart(TIME_WIDTH)}`;
}

function details({ expected, actual }: Step): string {
  const rows = Object.entries({ expected, actual });
  return rows
    .map(([label, text]) => {
      const start = `${"".padEnd(MARK_WIDTH)}${label.padEnd(LABEL_WIDTH)}`;
      return wrapText(text, { start, width: WIDTH });
    })
    .join("\n");
}
