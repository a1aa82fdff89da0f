import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ".hub/**"],
    reporters: ["default", "./tools/count-reporter.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
