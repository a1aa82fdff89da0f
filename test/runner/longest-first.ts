import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The slowest files first, waiting ones alternated with CPU-bound ones, so that the CPU stays busy and no slow file runs alone at the end.
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

/** Runs {@link FIRST}, then the others in Vitest's own order, which begins with the engine's tests and the largest files. */
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
