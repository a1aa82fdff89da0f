import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startWorker, type Worker, type WorkerSettings } from "./worker.ts";

const NEVER_MS = 3_600_000;
const BACKOFF = { fromMs: 1, toMs: 2 };

const running: Worker[] = [];
const written = vi.fn<(chunk: string) => boolean>();
beforeEach(() => {
  written.mockReset().mockReturnValue(true);
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => written(String(chunk)));
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
  vi.restoreAllMocks();
});

/** A worker that counts its rounds. */
function start(run: (round: number, signal: AbortSignal) => unknown, changes: Partial<WorkerSettings> = {}) {
  const rounds = { count: 0 };
  const settings = { name: "test", everyMs: NEVER_MS, backoff: BACKOFF, ...changes };
  const worker = startWorker({
    ...settings,
    run: async (signal) => {
      rounds.count += 1;
      return (await run(rounds.count, signal)) === true;
    },
  });
  running.push(worker);
  return {
    worker,
    reached: (count: number) => eventually(() => expect(rounds.count).toBeGreaterThanOrEqual(count)),
    rounds,
  };
}

it("runs at once, and again without a pause while there is more", async () => {
  const { reached, worker, rounds } = start((round) => round < 3);
  await reached(3);
  await worker.stop();
  expect(rounds.count).toBe(3);
});

it("runs again after its pause", async () => {
  const { reached } = start(() => false, { everyMs: 1 });
  await reached(3);
});

it("runs again when it is nudged, in a pause or in the middle of a round", async () => {
  const gate = Promise.withResolvers<void>();
  const { reached, worker, rounds } = start((round) => (round === 2 ? gate.promise : false));
  await reached(1);
  worker.nudge();
  await reached(2);
  worker.nudge();
  worker.nudge();
  gate.resolve();
  await reached(3);
  await worker.stop();
  expect(rounds.count).toBe(3);
});

it("continues after failures, and logs the first of an outage and its end", async () => {
  const { reached, worker } = start((round) => {
    if (round === 1 || (round > 2 && round < 6)) throw new Error("away");
    return round < 3;
  });
  await reached(6);
  await worker.stop();
  const lines = written.mock.calls.map(([line]) => JSON.parse(line));
  expect(lines.filter(({ level, worker: name }) => level === "error" && name === "test")).toHaveLength(2);
});

it("is not hurried by nudges after a failure", async () => {
  const { worker, reached, rounds } = start(() => Promise.reject(new Error("away")), {
    backoff: { fromMs: NEVER_MS, toMs: NEVER_MS },
  });
  await reached(1);
  for (let nudges = 0; nudges < 20; nudges++) {
    worker.nudge();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(rounds.count).toBe(1);
  await worker.stop();
  expect(rounds.count).toBe(1);
});

it("aborts the running round when it is stopped, and waits for it", async () => {
  const steps: string[] = [];
  const { worker, reached } = start(async (_round, signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await new Promise((resolve) => setImmediate(resolve));
    steps.push("ended");
    throw new Error("aborted");
  });
  await reached(1);
  await worker.stop();
  expect(steps).toEqual(["ended"]);
  expect(written).not.toHaveBeenCalled();
  await worker.stop();
});
