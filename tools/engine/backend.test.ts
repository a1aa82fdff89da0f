import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { requireBackend } from "./backend.ts";

let home = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "backend-"));
});

afterEach(() => rm(home, { recursive: true }));

test("without a backend the error names the variable to set", async () => {
  await expect(requireBackend(false, { PULUMI_HOME: home })).rejects.toThrow("set PULUMI_BACKEND_URL");
});

test("a backend in the environment, an access token or an earlier login is enough", async () => {
  await requireBackend(false, { PULUMI_HOME: home, PULUMI_BACKEND_URL: "s3://state" });
  await requireBackend(false, { PULUMI_HOME: home, PULUMI_ACCESS_TOKEN: "pul-made-up" });
  await writeFile(join(home, "credentials.json"), JSON.stringify({ current: "https://api.pulumi.com" }));
  await requireBackend(false, { PULUMI_HOME: home });
});

test("in CI a folder is refused as the backend of a production stack, and allowed for the loopback cloud", async () => {
  const environment = { PULUMI_HOME: home, PULUMI_BACKEND_URL: "file:///state", CI: "true" };
  await expect(requireBackend(false, environment)).rejects.toThrow("PULUMI_BACKEND_URL is file:///state: in CI");
  await requireBackend(true, environment);
  await requireBackend(false, { ...environment, CI: "" });
});
