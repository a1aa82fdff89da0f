import { beforeAll, describe, expect, test } from "vitest";
import type { RecordedCall } from "../../tools/recordings/fixture.ts";
import { differences, leavesOf } from "./compare.ts";
import { KNOWN_DIFFERENCES, whyDifferent, whyNotReplayed } from "./known-differences.ts";
import { mutated } from "./mutate.ts";
import { STAND_INS, standInOf } from "./recorded-runs.ts";
import { type ReplayedCall, replayRuns } from "./replay.ts";
import type { Answer } from "./stand-in-client.ts";

let replayed: readonly ReplayedCall[] = [];

beforeAll(async () => {
  replayed = await replayRuns();
});

const recordedAnswer = ({ response, errors }: RecordedCall): Answer =>
  errors === undefined ? { response } : { errors };

/** The differences in a call's answer that are not in the table. */
function surprises({ call, answer }: ReplayedCall, recorded = recordedAnswer(call)) {
  if (answer === undefined) return [];
  return differences(recorded, answer).filter(({ property }) => whyDifferent(call, property) === undefined);
}

describe.each(STAND_INS)("the stand-in of %s", (standIn) => {
  const calls = () => replayed.filter(({ call, answer }) => standInOf(call) === standIn && answer !== undefined);

  test("answers as the real plugin did, except for the known differences", () => {
    expect(calls().length).toBeGreaterThan(0);
    const found = calls().flatMap((one) => {
      const { method, request } = one.call;
      return surprises(one).map((surprise) => ({
        run: one.run,
        method,
        name: request.name ?? request.tok,
        ...surprise,
      }));
    });
    expect(found).toEqual([]);
  });

  test("would fail with another value, or none, in any recorded property", () => {
    const unnoticed = calls().flatMap((one) => {
      const answer = recordedAnswer(one.call);
      return leavesOf(answer)
        .filter(({ property }) => whyDifferent(one.call, property) === undefined)
        .flatMap((leaf) => mutated(answer, leaf))
        .filter((mutant) => surprises(one, mutant).length === 0)
        .map(() => `${one.run} ${one.call.method}`);
    });
    expect(unnoticed).toEqual([]);
  });

  test("would fail with a property that the real plugin does not answer", () => {
    const unnoticed = calls().filter((one) => {
      const { call, answer } = one;
      if (answer?.response === undefined) return false;
      return (
        surprises({ ...one, answer: { response: { ...answer.response, other: 1 } } }, recordedAnswer(call)).length === 0
      );
    });
    expect(unnoticed).toEqual([]);
  });
});

test.each(
  KNOWN_DIFFERENCES.map((row) => [`${row.standIn} ${row.methods} ${row.property ?? "(not replayed)"}`, row] as const),
)("the known difference still exists: %s", (_name, row) => {
  const hides = ({ call, answer }: ReplayedCall) =>
    answer === undefined
      ? whyNotReplayed(call) === row
      : differences(recordedAnswer(call), answer).some(({ property }) => whyDifferent(call, property) === row);
  expect(replayed.some(hides)).toBe(true);
});
