import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

/** The pack itself cannot be imported: it starts a server. */
test("the pack has every policy of this folder", () => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8");
  const sources = readdirSync(import.meta.dirname).filter((file) => /(?<!\.test)\.ts$/.test(file));
  const policies = sources.flatMap(
    (file) => /export function (\w+)\([^)]*\)[^{]*: ResourceValidationPolicy/.exec(read(file))?.[1] ?? [],
  );
  expect(policies.length).toBeGreaterThanOrEqual(2);
  const [, listed = ""] = /policies: \[(.*?)\]/s.exec(read("pack.ts")) ?? [];
  for (const policy of policies) expect(listed).toContain(`${policy}(`);
});
