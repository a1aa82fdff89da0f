import { expect, it } from "vitest";
import { createPace } from "./pace.ts";

it("halves after a failed statement, down to one webhook, and doubles after a quick one, up to a limit", () => {
  const pace = createPace();
  const amounts = [pace.amount];
  for (let failed = 0; failed < 6; failed += 1) {
    pace.failed(pace.amount);
    amounts.push(pace.amount);
  }
  expect(amounts).toEqual([32, 16, 8, 4, 2, 1, 1]);
  for (let quick = 0; quick < 12; quick += 1) pace.took(pace.amount, 10);
  expect(pace.amount).toBe(512);
});

it("does not grow after a statement that twice as many webhooks could make late", () => {
  const pace = createPace();
  pace.took(32, 1_000);
  expect(pace.amount).toBe(32);
});

it("halves what was really written, if the length of the records made that fewer", () => {
  const pace = createPace();
  pace.failed(6);
  expect(pace.amount).toBe(3);
});

it("is not slowed down by a small statement that was quick", () => {
  const pace = createPace();
  pace.took(2, 10);
  expect(pace.amount).toBe(32);
});
