import { expect, test } from "vitest";
import { authorisationProblem, staleAuthorisationProblem } from "./authorisation.ts";

const RELEASE = `sha256:${"a1".repeat(32)}`;
const GIVEN = { release: RELEASE, by: "Henry Hill", on: "2026-11-20" };
const CONTEXT = { owners: ["Henry Hill"], today: "2026-11-20" };

test("a release, an owner and a day make an authorisation", () => {
  expect(authorisationProblem(GIVEN, CONTEXT)).toBeUndefined();
});

test("an old authorisation counts: its age is checked separately", () => {
  expect(authorisationProblem({ ...GIVEN, on: "2020-01-01" }, CONTEXT)).toBeUndefined();
});

test.each([
  [{ ...GIVEN, release: "a1".repeat(32) }, "release: expected a staged release's digest"],
  [{ ...GIVEN, release: `sha256:${"A1".repeat(32)}` }, "release: expected a staged release's digest"],
  [{ ...GIVEN, release: "latest" }, "release: expected a staged release's digest"],
  [{ ...GIVEN, release: undefined }, "release: missing"],
  [{ ...GIVEN, by: "Ray Liotta" }, 'by: "Ray Liotta" is not in hub:owners'],
  [{ ...GIVEN, by: " " }, "by: expected text"],
  [{ ...GIVEN, on: "yesterday" }, 'on: expected "YYYY-MM-DD"'],
  [{ ...GIVEN, on: "2026-11-21" }, "on: 2026-11-21 is in the future"],
  [{ ...GIVEN, force: true }, "force"],
  [undefined, "authorisation: "],
])("%j does not count", (authorisation, problem) => {
  expect(authorisationProblem(authorisation, CONTEXT)).toContain(problem);
});

test.each([
  ["2026-11-20", undefined],
  ["2026-11-13", undefined],
  ["2026-11-12", "2026-11-12 is more than 7 days ago"],
  ["never", "never is more than 7 days ago"],
])("an authorisation of %s on 2026-11-20: %s", (on, problem) => {
  if (problem === undefined) expect(staleAuthorisationProblem(on, "2026-11-20")).toBeUndefined();
  else expect(staleAuthorisationProblem(on, "2026-11-20")).toContain(problem);
});

test("a time counts like its day, but is a different authorisation", () => {
  const moment = { release: `sha256:${"a".repeat(64)}`, by: "Henry Hill", on: "2026-06-10T18:05:30Z" };
  const context = { owners: ["Henry Hill"], today: "2026-06-10" };
  expect(authorisationProblem(moment, context)).toBeUndefined();
  expect(authorisationProblem(moment, { ...context, today: "2026-06-09" })).toBe(
    "on: 2026-06-10T18:05:30Z is in the future",
  );
  expect(staleAuthorisationProblem(moment.on, "2026-06-17")).toBeUndefined();
  expect(staleAuthorisationProblem(moment.on, "2026-06-18")).toMatch(/more than 7 days ago/);
  expect(authorisationProblem({ ...moment, on: "2026-06-10T18:05:30+02:00" }, context)).toMatch(
    /^on: expected "YYYY-MM-DD"/,
  );
});
