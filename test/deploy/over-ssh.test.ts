/** A real release, built and staged over a real SSH connection. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { STAGE_SCRIPT } from "../../hub/scripts/stage-release.ts";
import { buildRelease } from "../../infra/release/release.ts";
import { BIN_FOLDER, writeVault } from "../../loopback/vault.ts";
import { PROJECT } from "../../tools/cli/paths.ts";
import { readStackConfig, stackFile } from "../../tools/stack/stack-config.ts";
import { releasesIn } from "../support/machine/small-release.ts";
import { makeKeyPair, startSshServer } from "../support/machine/ssh-server.ts";

const KEY = "op://Aurora/deploy/private-key";

test("a built release is staged over SSH, complete, and only once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "over-ssh-"));
  const client = await makeKeyPair(folder, "client");
  const server = await startSshServer(join(folder, "machine"), client.public, { PATH: process.env.PATH ?? "" });
  try {
    await writeVault(join(folder, "vault"), { [KEY]: client.private });
    const { hub, source } = await readStackConfig(stackFile("loopback"));
    const config = parseConfig(hub, source);
    const release = basename((await buildRelease(buildManifest(config), config)).folder);
    const releases = join(folder, "machine", "releases");
    const env = {
      PATH: [BIN_FOLDER, process.env.PATH].join(delimiter),
      LOOPBACK_OP_VAULT: join(folder, "vault"),
      HUB_RELEASE: release,
      HUB_RELEASES: releases,
      HUB_SSH_HOST: "127.0.0.1",
      HUB_SSH_HOST_KEY: server.hostKey,
      HUB_SSH_KEY: KEY,
      HUB_SSH_PORT: String(server.port),
      HUB_SSH_USER: "hub",
      HUB_TRANSPORT: "ssh",
    };
    for (const _run of ["first", "second"]) {
      const child = spawn("/bin/sh", ["-c", STAGE_SCRIPT], { cwd: PROJECT, env, stdio: ["ignore", "pipe", "pipe"] });
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
      expect({ status: child.exitCode, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
      expect(await releasesIn(releases)).toEqual({ whole: [release], others: [".lock"] });
    }
    for (const name of await readdir(join(releases, release))) {
      const { uid, mode } = await stat(join(releases, release, name));
      expect({ uid, writers: mode & 0o022 }).toEqual({ uid: process.getuid?.(), writers: 0 });
    }
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});
