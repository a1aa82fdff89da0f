import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ACCEPTED_SIGNING_FILE } from "../signing/accepted-signing.ts";
import { LOOK_AT_AUTHORISED } from "./look-at-accepted.ts";

const RELEASE = "a".repeat(64);
const BY = "Henry Hill";
const ON = "2026-11-20";
const ACCEPTED = '{"authToken":true,"keys":[],"urls":[]}';
let releases = "";

beforeEach(async () => {
  releases = await mkdtemp(join(tmpdir(), "look-"));
  await mkdir(join(releases, RELEASE));
  await writeFile(join(releases, RELEASE, ACCEPTED_SIGNING_FILE), ACCEPTED);
});
afterEach(() => rm(releases, { recursive: true }));

const look = () =>
  spawnSync("/bin/sh", ["-c", LOOK_AT_AUTHORISED], {
    env: {
      ...process.env,
      ...{ HUB_AUTHORISED_BY: BY, HUB_AUTHORISED_ON: ON, HUB_RELEASE: RELEASE },
      ...{ HUB_RELEASES: releases, HUB_TRANSPORT: "local" },
    },
    encoding: "utf8",
  });

async function note(state: string): Promise<void> {
  const key = createHash("sha256").update(`sha256:${RELEASE} ${BY} ${ON}`).digest("hex");
  await mkdir(join(releases, ".authorisations"));
  await writeFile(join(releases, ".authorisations", key), `${state}\n`);
}

test.each<[string, () => Promise<unknown>, string]>([
  ["its file", async () => undefined, ACCEPTED],
  ["that of a release which staging has hidden", () => hide(), ACCEPTED],
  ["that it has none", () => rm(join(releases, RELEASE, ACCEPTED_SIGNING_FILE)), "no file\n"],
  ["that it is not on the machine", () => rm(join(releases, RELEASE), { recursive: true }), "no release\n"],
  ["its file if a killed attempt is to be taken up again", () => note("started"), ACCEPTED],
  ["that the authorisation was carried out", () => note("done"), "carried out\n"],
  ["that its attempt failed", () => note("failed"), "failed\n"],
])("of the authorised release, the look prints %s", async (_what, prepare, stdout) => {
  await prepare();
  expect(look()).toMatchObject({ status: 0, stdout, stderr: "" });
});

const hide = () => rename(join(releases, RELEASE), join(releases, `.removed.${RELEASE}`));
