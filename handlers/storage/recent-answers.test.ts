import { expect, it, vi } from "vitest";
import { createRecentAnswers } from "./recent-answers.ts";

const answer = (body: string) => ({ status: 200, body });

it("knows the latest answers, and forgets the oldest beyond the limit", () => {
  const recent = createRecentAnswers({ limit: 2, spool: undefined });
  for (const body of ["a", "b", "c"]) recent.set(body, answer(body));
  expect(["a", "b", "c"].map((hash) => recent.get(hash)?.body)).toEqual([undefined, "b", "c"]);
});

it("keeps the later of two answers to the same webhook", () => {
  const recent = createRecentAnswers({ limit: 2, spool: undefined });
  recent.set("a", answer("first"));
  recent.set("a", answer("second"));
  expect(recent.get("a")).toEqual(answer("second"));
});

it("does without a spool that cannot be read or written, and leaves it alone for a while", () => {
  const logged = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const fail = vi.fn((): never => {
    throw new Error("the spool is broken");
  });
  const recent = createRecentAnswers({ limit: 2, spool: { answerTo: fail, give: fail } });
  expect(recent.get("a")).toBeUndefined();
  fail.mockClear();
  const given = [{ signedHash: "a", answer: answer("own") }];
  expect([recent.tell(given), recent.tell(given)]).toEqual([[answer("own")], [answer("own")]]);
  expect(fail).toHaveBeenCalledTimes(1);
  logged.mockRestore();
});

it("forgets nothing if an answer is set again", () => {
  const recent = createRecentAnswers({ limit: 2, spool: undefined });
  for (const body of ["a", "b", "b", "a"]) recent.set(body, answer(body));
  expect([recent.get("a"), recent.get("b")]).toEqual([answer("a"), answer("b")]);
});
