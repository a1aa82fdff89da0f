import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { Progress } from "../cli/progress.ts";
import { wrapText } from "../cli/wrap-text.ts";
import { Steps } from "./steps.ts";

const shown: Progress = { run: (_name, act) => act(() => undefined), write: (stream, text) => void stream.write(text) };

function newSteps(verbose: boolean, interrupt = new AbortController().signal) {
  const written: string[] = [];
  const output = { write: (text: string) => written.push(text) > 0 };
  // Colours depend on the terminal of the test run.
  const lines = () =>
    stripVTControlCharacters(written.join(""))
      .replace(/\d+\.\d s/g, "0.0 s")
      .split("\n");
  return { steps: new Steps({ verbose, interrupt, shown, output }), lines };
}

async function runSome(steps: Steps): Promise<void> {
  steps.group("Calls");
  await steps.check("a call", "200", async () => "200");
  await steps.check("another call", "200", async () => "403");
  steps.group("Texts");
  await steps.check("a text", "200", () => Promise.reject(new Error("no answer")));
}

test("a step is one line under its heading, and shows details only if it is not as expected", async () => {
  const { steps, lines } = newSteps(false);
  await runSome(steps);
  const line = (mark: string, name: string) => `  ${mark.padEnd(6)}${name.padEnd(66)}    0.0 s`;
  expect(lines()).toEqual([
    "",
    "Calls",
    line("ok", "a call"),
    line("FAIL", "another call"),
    "        expected  200",
    "        actual    403",
    "",
    "Texts",
    line("FAIL", "a text"),
    "        expected  200",
    "        actual    error: no answer",
    "",
  ]);
  expect(steps.ok).toBe(false);
  expect(steps.all.map(({ group, name, ok }) => [group, name, ok])).toEqual([
    ["Calls", "a call", true],
    ["Calls", "another call", false],
    ["Texts", "a text", false],
  ]);
});

test("--verbose shows the expected and the actual result of each step", async () => {
  const { steps, lines } = newSteps(true);
  await runSome(steps);
  expect(lines().filter((line) => line.startsWith("        actual"))).toHaveLength(3);
});

test("every line fits 100 columns, whatever the result is", async () => {
  const { steps, lines } = newSteps(true);
  const actual = `${"words ".repeat(60)}\nhttps://${"x".repeat(300)}`;
  await steps.check("a step", "short", async () => actual);
  expect(Math.max(...lines().map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("an interrupt stops the demo, and the interrupted step is not shown as failed", async () => {
  const controller = new AbortController();
  const { steps, lines } = newSteps(false, controller.signal);
  const broken = steps.check("a call", "200", async () => {
    controller.abort(new Error("interrupted"));
    throw new Error("the stack is gone");
  });
  await expect(broken).rejects.toThrow("interrupted");
  expect(lines()).toEqual([""]);
});

test("a text is broken between words if possible", () => {
  expect(wrapText("one two three four", { start: "> ", width: 10 })).toBe("> one two\n  three\n  four");
  expect(wrapText("abcdefghijkl\n\nm", { start: "> ", width: 8 })).toBe("> abcdef\n  ghijkl\n\n  m");
});
