import { join } from "node:path";
import { defineConfig } from "vitest/config";
import LongestFirst from "./test/runner/longest-first.ts";
import { PROJECT } from "./tools/cli/paths.ts";
import { pluginKind } from "./tools/engine/plugins.ts";

// Hundreds of processes of Node load the same modules. A compile cache saves a fifth of an engine run's processor time.
process.env.NODE_COMPILE_CACHE ??= join(PROJECT, ".hub", "compiled");

/** Tests on the real engine. Each takes seconds, and needs the CLI before its time begins to count. */
const ENGINE_TESTS = ["test/engine/**/*.test.ts", "test/demo.test.ts"];

/** Tests that start processes or a database, or compute for half a minute. `npm run test:quick` leaves them out. */
const PROCESS_TESTS = [
  "test/{deploy,foreign,handler,tendlc}/**/*.test.ts",
  "test/loopback.test.ts",
  "tools/commands/*.test.ts",
  "tools/loopback/*.test.ts",
  "hub/scripts/*.test.ts",
  "infra/release/release.test.ts",
  "handlers/main.test.ts",
  "handlers/release/probe.test.ts",
  "handlers/{alerts,storage,drain,dispatch,recordings}/*.test.ts",
  "handlers/outbound/{queue,endpoint}/*.test.ts",
  "policies/mutation.test.ts",
];
const ELSEWHERE = ["**/node_modules/**", "**/dist/**", ".hub/**"];
const UNIT_BOUNDS = { testTimeout: 360_000, hookTimeout: 120_000 };

// The bounds leave room for two whole runs at once: a file takes twice as long then.
export default defineConfig(async ({ mode }) => ({
  test: {
    // Three at a time keep two cores at work: each waits for processes of its own now and then.
    maxWorkers: 3,
    env: { HUB_TEST_FORM: mode === "long" ? "long" : "usual" },
    sequence: { sequencer: LongestFirst },
    reporters: ["default", "./test/runner/count-reporter.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [...ELSEWHERE, ...PROCESS_TESTS, ...ENGINE_TESTS],
          ...UNIT_BOUNDS,
        },
      },
      { test: { name: "process", include: PROCESS_TESTS, exclude: ELSEWHERE, ...UNIT_BOUNDS } },
      {
        test: {
          name: `engine on ${await pluginKind(process.env)}`,
          include: ENGINE_TESTS,
          globalSetup: "./test/support/get-engine.ts",
          testTimeout: 900_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
}));
