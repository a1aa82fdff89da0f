import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { createDrainLease } from "./drain-lease.ts";
import { prepareSpoolFile } from "./spool-file.ts";

it("is one process's until it gives it back, or does not extend it", () => {
  const database = new DatabaseSync(":memory:");
  prepareSpoolFile(database);
  const [first, second] = [createDrainLease(database), createDrainLease(database)];
  const now = Date.now();
  expect([first.take(now), second.take(now), first.take(now + 8_000), second.take(now + 11_000)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  second.release();
  expect(second.take(now + 11_000)).toBe(false);
  first.release();
  expect([second.take(now + 11_000), first.take(now + 11_000)]).toEqual([true, false]);
  // It was killed.
  expect(first.take(now + 21_001)).toBe(true);
  // The clock was set back by an hour.
  expect(second.take(now - 3_600_000)).toBe(true);
  database.close();
});
