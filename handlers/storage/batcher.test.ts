import { describe, expect, it } from "vitest";
import { createBatcher, TooLate } from "./batcher.ts";

const soon = () => performance.now() + 10_000;
const atOnce = () => performance.now() + 5;

/** A batcher whose writes end when the test ends them. */
function heldBatcher(settings: { maxItems?: number; maxWrites?: number } = {}) {
  const writes: { items: readonly string[]; end(error?: Error): void }[] = [];
  const batcher = createBatcher<string, string>({
    write: (items) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : resolve(items.map((item) => item.toUpperCase())));
        writes.push({ items, end });
      }),
    rowOf: (item) => item.slice(0, 1),
    maxItems: settings.maxItems ?? 10,
    maxWrites: settings.maxWrites ?? 1,
  });
  return { batcher, writes, turn: () => new Promise((done) => setTimeout(done, 1)) };
}

describe("a batcher", () => {
  it("writes items together that arrive together, and later items with the next write", async () => {
    const { batcher, writes, turn } = heldBatcher();
    const first = [batcher.add("a", soon()), batcher.add("b", soon())];
    await turn();
    const second = [batcher.add("c", soon()), batcher.add("d", soon())];
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([["a", "b"]]);
    writes[0]?.end();
    expect(await Promise.all(first)).toEqual(["A", "B"]);
    await turn();
    expect(writes[1]?.items).toEqual(["c", "d"]);
    writes[1]?.end();
    expect(await Promise.all(second)).toEqual(["C", "D"]);
  });

  it("keeps items of one row in separate writes, in their order", async () => {
    const { batcher, writes, turn } = heldBatcher({ maxWrites: 2 });
    const all = ["a1", "a2", "b1"].map((item) => batcher.add(item, soon()));
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([["a1", "b1"]]);
    writes[0]?.end();
    await turn();
    expect(writes[1]?.items).toEqual(["a2"]);
    writes[1]?.end();
    expect(await Promise.all(all)).toEqual(["A1", "A2", "B1"]);
  });

  it("keeps to the most items of a write, and to the most writes at once", async () => {
    const { batcher, writes, turn } = heldBatcher({ maxItems: 2, maxWrites: 2 });
    const all = ["a", "b", "c", "d", "e"].map((item) => batcher.add(item, soon()));
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    writes[1]?.end();
    await turn();
    // A single item is not worth a write during a write of two.
    expect(writes).toHaveLength(2);
    writes[0]?.end();
    await turn();
    expect(writes[2]?.items).toEqual(["e"]);
    writes[2]?.end();
    expect(await Promise.all(all)).toEqual(["A", "B", "C", "D", "E"]);
  });

  it("fails waiting items together with the failed write, and continues with later items", async () => {
    const { batcher, writes, turn } = heldBatcher();
    const failed = Promise.allSettled([batcher.add("a", soon())]);
    await turn();
    const waiting = Promise.allSettled([batcher.add("b", soon())]);
    writes[0]?.end(new Error("away"));
    expect(await failed).toMatchObject([{ reason: new Error("away") }]);
    expect(await waiting).toMatchObject([{ reason: new Error("away") }]);
    const later = batcher.add("c", soon());
    await turn();
    writes[1]?.end();
    expect(await later).toBe("C");
  });

  it("keeps the row of a late item until its write ends", async () => {
    const { batcher, writes, turn } = heldBatcher({ maxWrites: 2 });
    await expect(batcher.add("a1", atOnce())).rejects.toBeInstanceOf(TooLate);
    const later = batcher.add("a2", soon());
    await turn();
    expect(writes).toHaveLength(1);
    writes[0]?.end();
    await turn();
    writes[1]?.end();
    expect(await later).toBe("A2");
  });
});

describe("a late item", () => {
  it("leaves the others of its write alone", async () => {
    const { batcher, writes, turn } = heldBatcher();
    const late = batcher.add("a", atOnce());
    const others = [batcher.add("b", soon()), batcher.add("c", undefined)];
    await expect(late).rejects.toBeInstanceOf(TooLate);
    writes[0]?.end();
    expect(writes[0]?.items).toEqual(["a", "b", "c"]);
    expect(await Promise.all(others)).toEqual(["B", "C"]);
    await turn();
    expect(writes).toHaveLength(1);
  });

  it("leaves the items that wait alone", async () => {
    const { batcher, writes, turn } = heldBatcher();
    const late = batcher.add("a", atOnce());
    await turn();
    const waiting = batcher.add("b", soon());
    await expect(late).rejects.toBeInstanceOf(TooLate);
    writes[0]?.end();
    await turn();
    expect(writes[1]?.items).toEqual(["b"]);
    writes[1]?.end();
    expect(await waiting).toBe("B");
  });

  it("that waits does not wait for the write before it, and is not written", async () => {
    const { batcher, writes, turn } = heldBatcher();
    const first = batcher.add("a", soon());
    await turn();
    const [late, waiting] = [batcher.add("b", atOnce()), batcher.add("c", soon())];
    await expect(late).rejects.toBeInstanceOf(TooLate);
    expect(writes).toHaveLength(1);
    writes[0]?.end();
    await turn();
    expect(writes[1]?.items).toEqual(["c"]);
    writes[1]?.end();
    expect(await Promise.all([first, waiting])).toEqual(["A", "C"]);
  });

  it("fails alone, also if its write fails later", async () => {
    const { batcher, writes } = heldBatcher();
    const late = batcher.add("a", atOnce());
    const other = Promise.allSettled([batcher.add("b", soon())]);
    await expect(late).rejects.toBeInstanceOf(TooLate);
    writes[0]?.end(new Error("away"));
    expect(await other).toMatchObject([{ reason: new Error("away") }]);
  });
});
