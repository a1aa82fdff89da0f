import type { Reporter, TestModule } from "vitest/node";

/** Ends a test run with the plain line `N passed, N failed`. A file that does not load counts as a failure. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string) => states.filter((found) => found === state).length;
    const unloaded = modules.filter(
      (module) => module.state() === "failed" && !module.ok() && module.errors().length > 0,
    );
    const skipped = count("skipped") > 0 ? `, ${count("skipped")} skipped` : "";
    process.stdout.write(`\n${count("passed")} passed, ${count("failed") + unloaded.length} failed${skipped}\n`);
  }
}
