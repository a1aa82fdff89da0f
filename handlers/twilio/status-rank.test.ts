import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { callStatusRank, textStatusRank, UNKNOWN_STATUS_RANK } from "./status-rank.ts";

/** The values of a type of the installed library, which is a union of texts. */
function valuesOf(module: string, type: string): string[] {
  const file = fileURLToPath(import.meta.resolve(`twilio/lib/rest/api/v2010/account/${module}.js`));
  const declared = readFileSync(file.replace(/\.js$/, ".d.ts"), "utf8");
  const union = new RegExp(`export type ${type} = (.*);`).exec(declared)?.[1] ?? "";
  return [...union.matchAll(/"([^"]+)"/g)].map(([, value = ""]) => value);
}

describe("the rank of a status", () => {
  it.each([
    ["call", "CallStatus", "in-progress", callStatusRank],
    ["message", "MessageStatus", "partially_delivered", textStatusRank],
  ])("is known for every value of the installed library's %s", (module, type, one, rankOf) => {
    const values = valuesOf(module, type);
    expect(values).toContain(one);
    expect(values.filter((value) => rankOf(value) === UNKNOWN_STATUS_RANK)).toEqual([]);
  });

  it.each(["unheard-of", "constructor", "to-string", ""])("is that of an unknown one for %j", (name) => {
    expect([callStatusRank(name), textStatusRank(name)]).toEqual([UNKNOWN_STATUS_RANK, UNKNOWN_STATUS_RANK]);
  });

  it("of an unknown one is between those on the way and the final ones", () => {
    for (const way of ["in-progress", "ringing"]) expect(callStatusRank(way)).toBeLessThan(UNKNOWN_STATUS_RANK);
    for (const end of ["completed", "failed"]) expect(callStatusRank(end)).toBeGreaterThan(UNKNOWN_STATUS_RANK);
    expect(textStatusRank("partially_delivered")).toBeLessThan(UNKNOWN_STATUS_RANK);
    expect(textStatusRank("undelivered")).toBeGreaterThan(UNKNOWN_STATUS_RANK);
  });
});
