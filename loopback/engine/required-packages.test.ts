import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requiredPackages } from "./required-packages.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "required-packages-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
}

const plugin = (name: string, pulumi: object = {}) => ({
  name,
  version: "1.0.0",
  pulumi: { resource: true, ...pulumi },
});
const found = () => requiredPackages(folder).map(({ name, version }) => `${name} ${version}`);

test("a package in node_modules with a pulumi section is found at any depth", async () => {
  await write("node_modules/@pulumi/one/package.json", plugin("@pulumi/one"));
  await write("node_modules/a/node_modules/@pulumi/two/package.json", plugin("@pulumi/two"));
  await write("deep/er/node_modules/@pulumi/three/package.json", plugin("@pulumi/three"));
  await write("outside/package.json", plugin("@pulumi/outside"));
  await write("node_modules/plain/package.json", { name: "plain", version: "1.0.0" });
  expect(found()).toEqual(["three v1.0.0", "one v1.0.0", "two v1.0.0"]);
});

test("a section for another kind of plugin does not count", async () => {
  await write("node_modules/a/package.json", plugin("@pulumi/a", { resource: false }));
  await write("node_modules/b/package.json", { name: "@pulumi/b", version: "1.0.0", pulumi: {} });
  expect(found()).toEqual([]);
});

test("name and version are the section's, or else the package's; a version has one v", async () => {
  await write("node_modules/a/package.json", plugin("other-a", { name: "a", version: "v2.0.0" }));
  await write("node_modules/b/package.json", plugin("@pulumi/b"));
  await write("node_modules/c/package.json", plugin("@other/c"));
  await write("node_modules/d/package.json", { name: "@pulumi/d", pulumi: { resource: true } });
  expect(found()).toEqual(["a v2.0.0", "b v1.0.0"]);
});

test("a server and a parameterization are passed on", async () => {
  const parameterization = { name: "twilio", version: "0.18.46", value: "eyJ9" };
  await write("node_modules/a/package.json", plugin("@pulumi/a", { server: "https://a.example", parameterization }));
  expect(requiredPackages(folder)).toEqual([
    { name: "a", version: "v1.0.0", server: "https://a.example", parameterization },
  ]);
});

test("a link is followed, and a folder is read once", async () => {
  await write("sdks/twilio/package.json", plugin("@pulumi/twilio"));
  await write("node_modules/@pulumi/.keep", "");
  await symlink("../../sdks/twilio", join(folder, "node_modules/@pulumi/twilio"));
  await symlink("../../sdks/twilio", join(folder, "node_modules/@pulumi/twilio-again"));
  await symlink("nowhere", join(folder, "node_modules/broken"));
  expect(found()).toEqual(["twilio v1.0.0"]);
});

test("a folder that was read before node_modules is not read again through a link, so its package is not found", async () => {
  await write("a-sdk/package.json", plugin("@pulumi/a"));
  await write("node_modules/.keep", "");
  await symlink("../a-sdk", join(folder, "node_modules/a"));
  expect(found()).toEqual([]);
});

test("a policy pack's packages are not the program's", async () => {
  await write("policies/PulumiPolicy.yaml", "runtime: nodejs");
  await write("policies/node_modules/@pulumi/a/package.json", plugin("@pulumi/a"));
  expect(found()).toEqual([]);
});

test("an unreadable file or folder is skipped", async () => {
  await write("node_modules/a/package.json", "not JSON");
  await write("node_modules/b/package.json", plugin("@pulumi/b"));
  expect(found()).toEqual(["b v1.0.0"]);
  expect(requiredPackages(join(folder, "none"))).toEqual([]);
});

test("the project's root needs all three packages, and infra none", () => {
  const project = join(import.meta.dirname, "../..");
  expect(requiredPackages(project).map(({ name }) => name)).toEqual(["cloudflare", "command", "terraform-provider"]);
  expect(requiredPackages(join(project, "infra"))).toEqual([]);
});
