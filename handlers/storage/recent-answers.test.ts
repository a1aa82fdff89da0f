import { expect, it } from "vitest";
import { createRecentAnswers } from "./recent-answers.ts";
import { saying } from "./test-records.ts";

it("returns the latest answers, and forgets the oldest beyond the limit", () => {
  const recent = createRecentAnswers(2);
  for (const word of ["first", "second", "third"]) recent.set(word, saying(word));
  expect(recent.get("first")).toBeUndefined();
  expect(recent.get("second")).toEqual(saying("second"));
  expect(recent.get("third")).toEqual(saying("third"));
});

it("forgets nothing if an answer is set again", () => {
  const recent = createRecentAnswers(2);
  for (const word of ["first", "second", "second", "first"]) recent.set(word, saying(word));
  expect([recent.get("first"), recent.get("second")]).toEqual([saying("first"), saying("second")]);
});
