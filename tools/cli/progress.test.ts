import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgress, type ProgressOutput } from "./progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function newOutput(properties: Partial<ProgressOutput>) {
  const written: string[] = [];
  return { ...properties, written, write: (text: string) => void written.push(text) };
}

/** A step that ends when it is told to. */
function newStep() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { act: () => promise, finish: () => resolve("result") };
}

const ERASE = "\r\u001b[2K";

test("a step that ends within two seconds is not shown", async () => {
  for (const isTTY of [true, false]) {
    const output = newOutput({ isTTY });
    const step = newStep();
    const running = createProgress(output).run("compiling", step.act);
    await vi.advanceTimersByTimeAsync(1_900);
    step.finish();
    expect(await running).toBe("result");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(output.written).toEqual([]);
  }
});

test("a terminal has one line that is updated, fits the width, and is erased at the end", async () => {
  const output = newOutput({ isTTY: true, columns: 30 });
  const step = newStep();
  const running = createProgress(output).run("compiling", (report) => {
    report("12 of 40 packages");
    return step.act();
  });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(output.written).toEqual([`${ERASE}compiling: 12 of 40 packages,`, `${ERASE}compiling: 12 of 40 packages,`]);
  step.finish();
  await running;
  expect(output.written.at(-1)).toBe(ERASE);
  const { length } = output.written;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(output.written).toHaveLength(length);
});

test("a log gets a line after two seconds, then one every 15 seconds, without control characters", async () => {
  const output = newOutput({});
  const step = newStep();
  const amounts: ((amount: string) => void)[] = [];
  const running = createProgress(output).run("compiling", (report) => {
    amounts.push(report);
    return step.act();
  });
  await vi.advanceTimersByTimeAsync(16_000);
  amounts[0]?.("3 of 9 packages");
  await vi.advanceTimersByTimeAsync(51_000);
  expect(output.written).toEqual([
    "compiling, 2 s\n",
    "compiling: 3 of 9 packages, 17 s\n",
    "compiling: 3 of 9 packages, 32 s\n",
    "compiling: 3 of 9 packages, 47 s\n",
    "compiling: 3 of 9 packages, 1 min 2 s\n",
  ]);
  step.finish();
  await running;
});

test("short steps one after the other do not fill a log", async () => {
  const output = newOutput({});
  const progress = createProgress(output);
  for (let step = 0; step < 5; step += 1) {
    const { act, finish } = newStep();
    const running = progress.run(`step ${step}`, act);
    await vi.advanceTimersByTimeAsync(3_000);
    finish();
    await running;
  }
  expect(output.written).toEqual(["step 0, 2 s\n"]);
});

test("other output erases the line first, and the line comes back below it", async () => {
  const terminal = newOutput({ isTTY: true, columns: 80 });
  const progress = createProgress(terminal);
  const step = newStep();
  const running = progress.run("waiting", step.act);
  await vi.advanceTimersByTimeAsync(2_000);
  progress.write(terminal, "a result\n");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(terminal.written).toEqual([`${ERASE}waiting, 2 s`, ERASE, "a result\n", `${ERASE}waiting, 3 s`]);
  step.finish();
  await running;
});

test("of nested steps the innermost slow one is shown", async () => {
  const output = newOutput({ isTTY: true, columns: 80 });
  const progress = createProgress(output);
  const [outer, inner] = [newStep(), newStep()];
  const running = progress.run("outer", async () => {
    await progress.run("inner", inner.act);
    return outer.act();
  });
  await vi.advanceTimersByTimeAsync(2_000);
  inner.finish();
  await vi.advanceTimersByTimeAsync(1_000);
  outer.finish();
  await running;
  expect(output.written).toEqual([`${ERASE}inner, 2 s`, ERASE, `${ERASE}outer, 3 s`, ERASE]);
});

test("an error is passed on, and nothing is shown after it", async () => {
  const output = newOutput({});
  const failing = createProgress(output).run("compiling", () => Promise.reject(new Error("no space left")));
  await expect(failing).rejects.toThrow("no space left");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(output.written).toEqual([]);
});
