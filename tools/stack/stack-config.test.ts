import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readStackConfig } from "./stack-config.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "stack-config-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("the hub's keys are read without their namespace", async () => {
  const file = join(folder, "Pulumi.test.yaml");
  await writeFile(file, "config:\n  hub:owners: [Henry Hill]\n  pulumi:tags: {}\n");
  expect(await readStackConfig(file)).toEqual({ source: "Pulumi.test.yaml", hub: { owners: ["Henry Hill"] } });
});

test("the error about a missing file names it and says what to do", async () => {
  await expect(readStackConfig(join(folder, "Pulumi.none.yaml"))).rejects.toThrow(
    "Pulumi.none.yaml: no such stack config",
  );
});

test.each(["config: [", "config: text", "- 1"])(
  "the error about a file that is not a stack config names it: %s",
  async (content) => {
    const file = join(folder, "Pulumi.test.yaml");
    await writeFile(file, content);
    await expect(readStackConfig(file)).rejects.toThrow("Pulumi.test.yaml: not a stack config");
  },
);
