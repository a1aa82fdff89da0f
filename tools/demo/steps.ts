import { styleText } from "node:util";

/** One step of the demo: what was expected, and what came. */
export interface Step {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
  readonly ok: boolean;
}

const NAME_WIDTH = 58;

/** Runs the demo's steps and shows each as a line. */
export class Steps {
  readonly all: Step[] = [];
  readonly #kind: string;

  /** @param kind what the engine runs on: real plugins or stand-ins */
  constructor(kind: string) {
    this.#kind = kind;
  }

  /** Runs one step. What it gives must equal what is expected; an error is what came, and the demo goes on. */
  async check(name: string, expected: string, act: () => Promise<string>): Promise<void> {
    if (process.stdout.isTTY) process.stdout.write(`…    ${name}\r`);
    const actual = await act().catch((error: unknown) => `error: ${error instanceof Error ? error.message : error}`);
    const step = { name, expected, actual, ok: actual === expected };
    this.all.push(step);
    process.stdout.write(`${this.#line(step)}\n`);
  }

  /** Whether every step was as expected. */
  get ok(): boolean {
    return this.all.every(({ ok }) => ok);
  }

  #line({ name, expected, actual, ok }: Step): string {
    const mark = ok ? styleText("green", "ok  ") : styleText("red", "FAIL");
    return `${mark} ${name.padEnd(NAME_WIDTH)} [${this.#kind}] expected: ${expected}; came: ${actual}`;
  }
}
