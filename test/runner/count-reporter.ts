import type { Reporter, TestModule, TestRunEndReason } from "vitest/node";

/**
 * Ends a test run with the plain line `N passed, N failed`. A file that does not load, a failed hook and an error outside of any test also count as
 * failures.
 */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[], reason: TestRunEndReason): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string) => states.filter((found) => found === state).length;
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = suites.filter((suite) => suite.errors().length > 0).length + unhandled.length;
    const failed = count("failed") + broken;
    const skipped = count("skipped") > 0 ? `, ${count("skipped")} skipped` : "";
    // An interrupted run has failed, whatever the count.
    process.stdout.write(
      `\n${count("passed")} passed, ${reason === "passed" ? failed : Math.max(failed, 1)} failed${skipped}\n`,
    );
  }
}
