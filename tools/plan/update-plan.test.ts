import { readFile, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { openUpdatePlan } from "./update-plan.ts";

test("the found states become those that an up leaves, nothing else changes, and only the owner can read the plan", async () => {
  const plan = await openUpdatePlan();
  const [, file = ""] = plan.saving;
  try {
    expect(plan.keeping).toEqual(["--plan", file]);
    expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
    const environment = { HUB_GATE_FOUND: "missing", HUB_STAGED_FOUND: "not as declared", HUB_GATE: "missing" };
    const content = {
      ops: ["update"],
      adds: {
        environment,
        handler: { gateFile: "/opt/gate" },
        gateFile: "missing",
        authorisation: "to be carried out",
      },
    };
    await writeFile(file, JSON.stringify(content));
    await plan.settle();
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
      ops: ["update"],
      adds: {
        environment: { HUB_GATE_FOUND: "as declared", HUB_STAGED_FOUND: "as declared", HUB_GATE: "missing" },
        handler: { gateFile: "/opt/gate" },
        gateFile: "as declared",
        authorisation: "carried out",
      },
    });
  } finally {
    await plan.close();
  }
  await expect(stat(dirname(file))).rejects.toThrow("ENOENT");
});
