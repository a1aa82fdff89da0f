import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../tools/paths.ts";

const FOLDER = join(PROJECT, "systemd");
const SERVICES = ["security-audit-funnel.service", "twilio-hub-alert@.service"];

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "systemd-"));
  for (const unit of await readdir(FOLDER)) await copyFile(join(FOLDER, unit), join(folder, unit));
});
afterAll(() => rm(folder, { recursive: true }));

/** Whether a command could be run, and what it printed. */
function run(command: string, args: readonly string[]): Promise<{ code: unknown; printed: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, printed: `${stdout}${stderr}` }),
    );
  });
}

const canVerify = (await run("systemd-analyze", ["--version"])).code === 0;
const skipped = canVerify ? "" : " (skipped: systemd-analyze is not here)";

/** Without what is said of the machine's own units. */
async function verified(units: readonly string[]): Promise<string[]> {
  const { printed } = await run("systemd-analyze", ["verify", "--man=no", ...units.map((unit) => join(folder, unit))]);
  return printed.split("\n").filter((line) => /security-audit|twilio-hub/.test(line));
}

test.skipIf(!canVerify)(`systemd-analyze finds nothing in the units${skipped}`, async () => {
  expect(
    await verified(["security-audit-funnel.service", "security-audit-funnel.timer", "twilio-hub-alert@x.service"]),
  ).toEqual([]);
});

test.skipIf(!canVerify)(`systemd-analyze sees a mistake${skipped}`, async () => {
  const text = await readFile(join(FOLDER, "security-audit-funnel.timer"), "utf8");
  await writeFile(join(folder, "security-audit-wrong.timer"), text.replace("Mon *-*-*", "Someday"));
  expect((await verified(["security-audit-wrong.timer"])).join("\n")).toContain("Someday");
});

test.each(SERVICES)(
  "%s runs as a user that may gain nothing, and its token is in no environment file",
  async (unit) => {
    const text = await readFile(join(FOLDER, unit), "utf8");
    for (const line of [
      "User=twilio-hub",
      "NoNewPrivileges=yes",
      "CapabilityBoundingSet=",
      "ProtectSystem=strict",
      "ProtectHome=yes",
      "PrivateTmp=yes",
      "LoadCredential=op-service-account-token:/etc/twilio-hub/op-service-account-token",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).not.toMatch(/ops_[A-Za-z0-9]|^Environment=.*TOKEN/m);
  },
);

test("a failed drift check alerts, and the timer makes up for a week that was missed", async () => {
  const service = await readFile(join(FOLDER, "security-audit-funnel.service"), "utf8");
  expect(service).toContain("OnFailure=twilio-hub-alert@%n.service");
  expect(service).toContain("npm run drift -- --stack prod");
  expect(await readFile(join(FOLDER, "security-audit-funnel.timer"), "utf8")).toContain("Persistent=yes");
});

/** Runs a unit's command as systemd would start it, with an `op` and a `node` that print what they were given. */
async function started(unit: string, instance: string): Promise<string> {
  const command = /^ExecStart=\/bin\/sh -euc '(.*)'(.*)$/m.exec(await readFile(join(FOLDER, unit), "utf8"));
  const [, script = "", rest = ""] = command ?? [];
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(folder, "op-service-account-token"), "made-up-token\n");
  for (const name of ["op", "node"]) {
    await writeFile(join(bin, name), `#!/bin/sh\necho "$OP_SERVICE_ACCOUNT_TOKEN|${name}|$(printf '%s|' "$@")"\n`);
    await chmod(join(bin, name), 0o755);
  }
  const specifiers = rest
    .trim()
    .replace("%i", instance)
    .replace("%H", "srv1")
    .split(" ")
    .filter((word) => word !== "");
  const env = { PATH: `${bin}:/usr/bin:/bin`, CREDENTIALS_DIRECTORY: folder };
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-euc", script.replaceAll("$$", "$"), ...specifiers], { env }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.trim()),
    );
  });
}

test("each unit hands the token on in the environment of what it starts, and never in its arguments", async () => {
  expect(await started("security-audit-funnel.service", "")).toBe(
    "made-up-token|op|run|--|npm|run|drift|--|--stack|prod|",
  );
  expect(await started("twilio-hub-alert@.service", "security-audit-funnel.service")).toBe(
    "made-up-token|node|handler.mjs|alert|security-audit-funnel.service failed on srv1: journalctl -u security-audit-funnel.service|",
  );
});
