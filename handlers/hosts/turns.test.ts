import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { createTurns, type Turn } from "./turns.ts";

/** Work of so many turns, which notes each. */
function work(name: string, count: number, taken: string[]): Turn {
  let left = count;
  return {
    takeTurn: () => {
      taken.push(name);
      left -= 1;
      return left > 0;
    },
  };
}

describe("a queue for turns", () => {
  it("lets everybody have a turn before somebody has the next", async () => {
    const taken: string[] = [];
    const queue = createTurns({ turns: 1, everyMs: 1 });
    for (const [name, count] of Object.entries({ a: 3, b: 1, c: 2 })) queue.queue(work(name, count, taken));
    await eventually(() => expect(taken).toEqual(["a", "b", "c", "a", "c", "a"]));
  });

  it("takes no more turns together than it may", async () => {
    const taken: string[] = [];
    const queue = createTurns({ turns: 2, everyMs: 60_000 });
    for (let index = 0; index < 5; index += 1) queue.queue(work(String(index), 1, taken));
    expect(taken).toEqual([]);
    await eventually(() => expect(taken).toEqual(["0", "1"]));
    await sleep(20);
    expect(taken).toEqual(["0", "1"]);
  });

  it("keeps the place of a caller that is queued twice, and serves one that comes later", async () => {
    const taken: string[] = [];
    const queue = createTurns({ turns: 1, everyMs: 1 });
    const [a, b] = [work("a", 1, taken), work("b", 1, taken)];
    for (const turn of [a, b, a]) queue.queue(turn);
    await eventually(() => expect(taken).toEqual(["a", "b"]));
    queue.queue(work("c", 1, taken));
    await eventually(() => expect(taken).toEqual(["a", "b", "c"]));
  });
});
