import { expect, test } from "vitest";
import { Faults } from "./faults.ts";

const POST = (faults: Faults, path = "/Accounts/AC1/Calls.json") => faults.take("POST", path);

test("a burst fails only the last requests of every group of matching ones", () => {
  const faults = new Faults();
  faults.burst({ every: 5, length: 2, status: 429, retryAfterSeconds: 1, method: "POST", path: "/Calls" });
  const shown = Array.from({ length: 12 }, () => {
    expect(faults.take("GET", "/Accounts/AC1/Calls.json")).toBeUndefined();
    expect(POST(faults, "/Accounts/AC1/Messages.json")).toBeUndefined();
    return POST(faults) !== undefined;
  });
  const one = [false, false, false, true, true];
  expect(shown).toEqual([...one, ...one, false, false]);
});

test("a burst returns its own fault, and single faults come first", () => {
  const faults = new Faults();
  faults.burst({ every: 2, length: 1, status: 429, retryAfterSeconds: 1 });
  faults.fail({ drop: true });
  expect(POST(faults)).toEqual({ drop: true });
  expect(POST(faults)).toBeUndefined();
  expect(POST(faults)).toEqual({ status: 429, retryAfterSeconds: 1 });
  faults.clear();
  expect([POST(faults), POST(faults)]).toEqual([undefined, undefined]);
});

test.each([
  [5, 5],
  [5, 0],
  [0, 0],
  [2.5, 1],
])("of every %d requests a burst cannot fail %d", (every, length) => {
  expect(() => new Faults().burst({ every, length, status: 429 })).toThrow(RangeError);
});
