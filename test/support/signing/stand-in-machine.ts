/** A machine whose PM2 is a stand-in, and whose releases consist of the file that says what they accept. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildManifest } from "../../../hub/manifest.ts";
import { ACCEPTED_SIGNING_FILE, acceptedSigning } from "../../../hub/signing/accepted-signing.ts";
import type { MachinePlace, SigningMachine } from "./machine-place.ts";

const RELEASE = "a".repeat(64);

/** Makes the machine. */
export async function standInMachine({ folder }: Pick<MachinePlace, "folder">): Promise<SigningMachine> {
  const bin = join(folder, "machine");
  const releases = join(folder, "releases");
  await mkdir(bin);
  await mkdir(join(releases, RELEASE), { recursive: true });
  await symlink(RELEASE, join(releases, "current"));
  await writeFile(join(releases, RELEASE, "ecosystem.config.cjs"), "module.exports = { apps: [{ instances: 1 }] };\n");
  const lists = (processes: readonly object[]) =>
    writeFile(join(bin, "pm2"), `#!/bin/sh\necho '${JSON.stringify(processes)}'\n`, { mode: 0o755 });
  await lists([]);
  const restart: SigningMachine["restart"] = async (config) => {
    const accepted = acceptedSigning(buildManifest(config));
    await writeFile(join(releases, RELEASE, ACCEPTED_SIGNING_FILE), JSON.stringify(accepted));
    const path = join(releases, RELEASE, "handler.mjs");
    await lists([{ name: config.handler.process, pm2_env: { status: "online", pm_exec_path: path } }]);
  };
  return { environment: { PATH: bin }, restart, close: async () => undefined };
}
