import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** A call is not a resource, so the engine does not show it to the policy. This test reads the program instead. */
test("every command that the program runs by a call is silent", () => {
  const folder = join(import.meta.dirname, "..", "..", "infra");
  const program = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
  const calls = [...program.matchAll(/\blocal\s*\.\s*run(Output)?\(([^;]*);/g)].map(([, , given]) => given);
  expect(calls.length).toBeGreaterThan(0);
  for (const given of calls) expect(given).toContain('logging: "none"');
});
