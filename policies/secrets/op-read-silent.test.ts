import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./op-read-silent.cases.ts";
import { opReadSilent } from "./op-read-silent.ts";

test.each(cases.filter(({ violates }) => violates === undefined))("$name: passes", async (given) => {
  expect(await messagesOf(opReadSilent, given)).toEqual([]);
});

test.each(cases.filter(({ violates }) => violates !== undefined))("$name: is a violation", async (given) => {
  const [message] = await messagesOf(opReadSilent, given);
  expect(message).toMatch(given.violates ?? "");
});

test("a violation stops the run", () => {
  expect(opReadSilent().enforcementLevel).toBe("mandatory");
});

/** A call is no resource, so the pack is not shown it: this holds what the policy cannot. */
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
