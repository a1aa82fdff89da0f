import { readdir, rm } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { previewSteps } from "../../tools/plan/preview-json.ts";
import { changesIn, outputOf, useLoopbackStack } from "../support/engine.ts";
import { releasesIn } from "../support/machine/small-release.ts";

const TODAY = new Date().toISOString().slice(0, 10);
const Outputs = z.looseObject({ releaseDigest: z.string(), waitingFor: z.string() });
const stack = useLoopbackStack();

async function outputs() {
  const result = await stack().pulumi(["pulumi", "stack", "output", "--json"]);
  return Outputs.parse(JSON.parse(result.stdout));
}

test("an up stops before anything is written or changed if the machine is not ready", async () => {
  const { username } = userInfo();
  const runAs = (user: string) =>
    stack().editConfig((config) => {
      config["hub:transport"] = { kind: "local", user };
    });
  await runAs("somebody-else");
  const result = await stack().bareUp();
  await runAs(username);
  expect(result.code).toBe(1);
  expect(outputOf(result)).toContain("hub:transport.user is somebody-else");
  // The script, of some thousand characters, must not hide the line.
  expect(outputOf(result)).not.toContain("HUB_SCRIPT");
  expect(changesIn(stack())).toEqual([]);
  await expect(readdir(stack().releases)).rejects.toThrow("ENOENT");
});

test("an up stages the release, restarts nothing, and names the people who can authorise it", async () => {
  const result = await stack().bareUp();
  expect(result.code, outputOf(result)).toBe(0);
  const { releaseDigest, waitingFor } = await outputs();
  expect(waitingFor).toBe(
    `${releaseDigest} waits for an authorisation by one of Henry Hill (npm run authorise -- --stack loopback --by NAME)`,
  );
  expect(await readdir(stack().releases)).toEqual([".lock", releaseDigest.replace("sha256:", "")]);
});

test("a release that is gone from the machine is drift, and up stages it again", async () => {
  const release = (await outputs()).releaseDigest.replace("sha256:", "");
  await rm(join(stack().releases, release), { recursive: true });
  const drift = await stack().pulumi(["drift"]);
  expect(drift.stdout).toContain('~ HUB_STAGED_FOUND: "as declared" => "missing"');
  expect(drift.code).toBe(7);
  const result = await stack().bareUp();
  expect(result.code, outputOf(result)).toBe(0);
  expect((await releasesIn(stack().releases)).whole).toEqual([release]);
  expect((await stack().pulumi(["drift"])).code).toBe(0);
});

test("an authorisation is one new resource in the preview, and an up refuses it if the release is not on the machine", async () => {
  const release = `sha256:${"0".repeat(64)}`;
  await stack().editConfig((config) => {
    config["hub:authorisation"] = { release, by: "Henry Hill", on: TODAY };
  });
  const preview = await stack().pulumi(["preview", "--json"]);
  expect(previewSteps(preview.stdout).map(({ op, name }) => `${op} ${name}`)).toEqual(["create restart"]);
  const result = await stack().bareUp();
  expect(result.code).toBe(1);
  expect(outputOf(result)).toContain(`hub:authorisation.release: ${release} is not staged whole`);
  expect(await readdir(stack().releases)).not.toContain("current");
});
