import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../../tools/cli/paths.ts";
import { copyProject, type ProjectCopy } from "../../tools/loopback/project-copy.ts";
import { changesIn, errorsOf, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();
let copy: ProjectCopy;

beforeAll(async () => {
  await stack().apply();
  copy = await copyProject();
  const choice = "process.env.PLAN_TEST";
  await copy.replace(
    "infra/vendors/numbers.ts",
    "manifest.numbers.map",
    `(${choice} === "left out" ? [] : manifest.numbers).map`,
  );
  await copy.replace(
    "infra/vendors/numbers.ts",
    "retainOnDelete: true",
    `retainOnDelete: ${choice} !== "not retained"`,
  );
  await copy.replace("infra/vendors/numbers.ts", "import: sid", `...(${choice} === "renamed" ? {} : { import: sid })`);
  await copy.replace(
    "infra/vendors/numbers.ts",
    "      name,\n",
    `      ${choice} === "renamed" ? \`\${name}-2\` : name,\n`,
  );
  await copy.replace(
    "infra/vendors/numbers.ts",
    "protect: true,",
    `protect: true, ...(${choice} === "replaced" && { replaceOnChanges: ["*"], deleteBeforeReplace: true }),`,
  );
  await copy.replace(
    "infra/vendors/numbers.ts",
    "...{ smsUrl,",
    `...(${choice} === "replaced" && { friendlyName: "other" }), ...{ smsUrl,`,
  );
  await copy.replace(
    "infra/vendors/tunnel.ts",
    '"ingress",',
    `${choice} === "tunnel renamed" ? "ingress-2" : "ingress",`,
  );
});

afterAll(() => copy.close());

test.each([
  ["left out", "number-kept: the number primary: the plan would delete it; put it back into the program"],
  ["not retained", "number-kept: the number primary: it has no retainOnDelete"],
  ["renamed", "number-kept: the number primary-2: the plan would create it; import the one that exists"],
  ["replaced", "number-kept: the number primary: the plan would replace it"],
  ["tunnel renamed", "number-kept: ZeroTrustTunnelCloudflaredConfig ingress: the plan would delete it"],
])("a plan with a resource that is %s is refused by up before anything changes", async (choice, message) => {
  const before = changesIn(stack()).length;
  await expectRefusal(["up", "--yes", "--skip-preview"], choice, message);
  expect(changesIn(stack())).toHaveLength(before);
});

test("a plan that is refused by up is refused by preview", () =>
  expectRefusal(["preview"], "left out", "number-kept: the number primary: the plan would delete it"));

async function expectRefusal(args: readonly string[], choice: string, message: string): Promise<void> {
  const result = await stack().pulumi(args, { project: copy.folder, environment: { PLAN_TEST: choice } });
  expect(result.code, outputOf(result)).toBe(1);
  expect(errorsOf(result).join("\n")).toContain(message);
}

test("a policy config that could switch policies off is refused", async () => {
  const result = await stack().pulumi(["preview", "--policy-pack-config", "off.json"]);
  expect([result.code, errorsOf(result)]).toEqual([1, [expect.stringContaining("hub/guards/exceptions.ts")]]);
});

test("the state that up left satisfies the pack", async () => {
  const exported = await stack().pulumi(["pulumi", "stack", "export"]);
  const file = join(stack().folder, "state.json");
  await writeFile(file, exported.stdout);
  const args = [join(PROJECT, "tools", "commands", "policy.ts"), "--file", file, "--config-file", stack().configFile];
  const printed = await new Promise((resolve) => {
    execFile(process.execPath, args, (_, stdout, stderr) => resolve(`${stdout}${stderr}`));
  });
  expect(printed).toMatch(/^\d+ policies, nothing found\n$/);
});
