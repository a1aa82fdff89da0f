import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take long and wait more than they compute: begun first, they wait while the others compute, and none of them is left at the end. */
const FIRST = [
  "test/handler/outbound.test.ts",
  "test/demo.test.ts",
  "test/deploy/restart-failures.test.ts",
  "test/engine/restart.test.ts",
  "handlers/outbound/sender.test.ts",
  "test/deploy/restart.test.ts",
];

/** Vitest's own order, behind {@link FIRST}: it begins with the engine's tests, and the largest files. */
export default class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rest = await super.sort(files);
    return rest.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = FIRST.findIndex((file) => moduleId.endsWith(`/${file}`));
  return rank === -1 ? FIRST.length : rank;
}
