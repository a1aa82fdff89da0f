import { join } from "node:path";
import { defineConfig } from "vitest/config";
import LongestFirst from "./test/runner/longest-first.ts";
import { PROJECT } from "./tools/cli/paths.ts";
import { pluginKind } from "./tools/engine/plugins.ts";

// Hundreds of processes of Node load the same modules: each finds them compiled, which saves a fifth of an engine run's processor time.
process.env.NODE_COMPILE_CACHE ??= join(PROJECT, ".hub", "compiled");

/** What runs the real engine: each takes seconds, and needs the CLI before the first test's time begins to count. */
const ENGINE_TESTS = ["test/engine/**/*.test.ts", "test/demo.test.ts"];
const ELSEWHERE = ["**/node_modules/**", "**/dist/**", ".hub/**"];

// The bounds leave room for two whole runs at once: a file takes twice as long then.
export default defineConfig(async () => ({
  test: {
    // Three at a time keep two cores at work: each waits for processes of its own now and then.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", "./test/runner/count-reporter.ts"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [...ELSEWHERE, ...ENGINE_TESTS],
          testTimeout: 360_000,
          hookTimeout: 120_000,
        },
      },
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
