import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { manifestWith } from "../hub/testing/config.ts";
import { allPolicies } from "./all-policies.ts";

/** The pack itself cannot be imported: it starts a server. */
test("the pack has every policy of this room, each in a file of its name", () => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8");
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" });
  const sources = files.filter((file) => /(?<!\.test|\.cases)\.ts$/.test(file));
  const declared = sources.flatMap((file) => {
    const name = /^ {4}name: "([a-z0-9-]+)",$/m.exec(read(file))?.[1];
    return name === undefined || name === "pack-exceptions" ? [] : [[basename(file), name]];
  });
  expect(declared.map(([file]) => file)).toEqual(declared.map(([, name]) => `${name}.ts`));
  const listed = allPolicies(() => manifestWith()).map(({ name }) => name);
  expect(declared.map(([, name]) => name).toSorted()).toEqual(listed.toSorted());
  expect(read("pack.ts")).toContain("withExceptions(allPolicies(");
});

test("each policy is mandatory but for the advisories that say so", () => {
  const advisory = allPolicies(() => manifestWith()).filter(
    ({ enforcementLevel }) => !["mandatory", "remediate"].includes(enforcementLevel ?? ""),
  );
  expect(advisory.map(({ name }) => name)).toEqual(["docusign-list-rotated"]);
});
