import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The longest files, those that wait more than they compute between those that compute: so there is always somebody who computes, and nobody
 * waits alone at the end.
 */
const FIRST = [
  "test/handler/outbound.test.ts",
  "test/demo.test.ts",
  "test/engine/gate-file.test.ts",
  "test/deploy/restart-failures.test.ts",
  "test/engine/evasions.test.ts",
  "handlers/outbound/queue/sender.test.ts",
  "test/engine/restart.test.ts",
  "test/deploy/restart.test.ts",
];

/** Vitest's own order, behind {@link FIRST}: it begins with the engine's tests, and the largest files. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rest = await super.sort(files);
    return rest.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = FIRST.findIndex((file) => moduleId.endsWith(`/${file}`));
  return rank === -1 ? FIRST.length : rank;
}
