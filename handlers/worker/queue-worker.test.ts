import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startQueueWorker } from "./queue-worker.ts";
import type { Worker } from "./worker.ts";

const NEVER_MS = 3_600_000;
const running: Worker[] = [];
beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
  vi.restoreAllMocks();
});

/** A queue in memory, whose items wait for the test to end them. */
function startQueue(items: number[], slots: number) {
  const limits: number[] = [];
  const atWork = new Map<number, PromiseWithResolvers<void>>();
  const signals: AbortSignal[] = [];
  const worker = startQueueWorker<number>({
    name: "test",
    everyMs: NEVER_MS,
    slots,
    claim: async (limit) => {
      limits.push(limit);
      return items.splice(0, limit);
    },
    work: async (item, signal) => {
      const gate = Promise.withResolvers<void>();
      atWork.set(item, gate);
      signals.push(signal);
      signal.addEventListener("abort", () => gate.resolve());
      await gate.promise;
      atWork.delete(item);
    },
  });
  running.push(worker);
  const worksOn = (expected: number[]) => eventually(() => expect([...atWork.keys()]).toEqual(expected));
  return { worker, items, limits, atWork, worksOn };
}

it("works on as many items at once as it has slots, and a slow item holds up only its own slot", async () => {
  const { atWork, worksOn, limits } = startQueue([1, 2, 3, 4], 2);
  await worksOn([1, 2]);
  atWork.get(2)?.resolve();
  await worksOn([1, 3]);
  atWork.get(3)?.resolve();
  await worksOn([1, 4]);
  expect(Math.max(...limits.slice(1))).toBe(1);
});

it("claims new items when it is nudged", async () => {
  const { worker, items, worksOn } = startQueue([], 2);
  items.push(5);
  worker.nudge();
  await worksOn([5]);
});

it("continues after an item whose outcome could not be written, and logs it", async () => {
  const { atWork, worksOn } = startQueue([1, 2], 1);
  await worksOn([1]);
  atWork.get(1)?.reject(new Error("the database is away"));
  await eventually(() => expect(atWork.has(2)).toBe(true));
  expect(process.stderr.write).toHaveBeenCalledOnce();
});

it("aborts the items in work when it is stopped, and waits for them", async () => {
  const { worker, atWork, worksOn } = startQueue([1, 2], 2);
  await worksOn([1, 2]);
  await worker.stop();
  expect(atWork.size).toBe(0);
});
