import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseConfig } from "../hub/config/parse.ts";
import { buildManifest } from "../hub/manifest.ts";
import { buildRelease } from "../infra/release/release.ts";
import { startDiscord } from "../loopback/discord.ts";
import { BIN_FOLDER, writeVault } from "../loopback/vault.ts";
import { PROJECT } from "../tools/cli/paths.ts";
import { readStackConfig, stackFile } from "../tools/stack/stack-config.ts";

const FOLDER = join(PROJECT, "systemd");
const SERVICES = ["security-audit-funnel.service", "twilio-hub-alert@.service"];
const TOKEN = "made-up-token";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "systemd-"));
  for (const unit of await readdir(FOLDER)) await copyFile(join(FOLDER, unit), join(folder, unit));
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs a command, with the units in systemd's path: its exit status, or its error code if it cannot start, and all that it printed. */
function run(command: string, args: readonly string[]): Promise<{ code: unknown; printed: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, printed: `${stdout}${stderr}` }),
    );
  });
}

const canVerify = (await run("systemd-analyze", ["--version"])).code === 0;
const skipped = canVerify ? "" : " (skipped: systemd-analyze is not installed)";

/** The findings of systemd-analyze, without those about the machine's own units. */
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
  "%s runs as a user without privileges, and its token is not in an environment file",
  async (unit) => {
    const text = await readFile(join(FOLDER, unit), "utf8");
    for (const line of [
      "User=twilio-hub",
      "NoNewPrivileges=yes",
      "CapabilityBoundingSet=",
      "ProtectSystem=strict",
      "ProtectHome=yes",
      "PrivateTmp=yes",
      "LoadCredential=op-service-account-token:/etc/twilio-hub/drift-service-account-token",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    // The handler must not use this file: it belongs to another user than the handler's.
    const production = await readFile(stackFile("prod"), "utf8");
    expect(production).not.toContain("/etc/twilio-hub/drift-service-account-token");
    expect(text).not.toMatch(/ops_[A-Za-z0-9]|^Environment=.*TOKEN/m);
  },
);

test("a failed drift check sends an alert, and the timer catches up on a missed week", async () => {
  const service = await readFile(join(FOLDER, "security-audit-funnel.service"), "utf8");
  expect(service).toContain("OnFailure=twilio-hub-alert@%n.service");
  expect(service).toContain("npm run drift -- --stack prod");
  expect(await readFile(join(FOLDER, "security-audit-funnel.timer"), "utf8")).toContain("Persistent=yes");
});

interface UnitRun {
  readonly instance: string;
  readonly path: readonly string[];
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs a unit's command as systemd would start it, with its credential. Returns all that it printed. */
async function started(unit: string, { instance, path, cwd, variables }: UnitRun): Promise<string> {
  const command = /^ExecStart=\/bin\/sh -euc '(.*)'(.*)$/m.exec(await readFile(join(FOLDER, unit), "utf8"));
  const [, script = "", rest = ""] = command ?? [];
  await writeFile(join(folder, "op-service-account-token"), `${TOKEN}\n`, { mode: 0o600 });
  const specifiers = rest
    .trim()
    .replace("%i", instance)
    .replace("%H", "srv1")
    .split(" ")
    .filter((word) => word !== "");
  const env = { ...variables, PATH: [...path, "/usr/bin", "/bin"].join(":"), CREDENTIALS_DIRECTORY: folder };
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-euc", script.replaceAll("$$", "$"), ...specifiers], { env, cwd }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.trim()),
    );
  });
}

test("the drift check passes the token on in the environment, not in arguments", async () => {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "op"), `#!/bin/sh\necho "$OP_SERVICE_ACCOUNT_TOKEN|op|$(printf '%s|' "$@")"\n`);
  await chmod(join(bin, "op"), 0o755);
  expect(await started("security-audit-funnel.service", { instance: "", path: [bin] })).toBe(
    `${TOKEN}|op|run|--|npm|run|drift|--|--stack|prod|`,
  );
});

test("an alert arrives through a real release, although that release names a token that the unit may not read", async () => {
  const { hub, source } = await readStackConfig(stackFile("loopback"));
  const environment = { ...Object(hub.environment), OP_SERVICE_ACCOUNT_TOKEN_FILE: join(folder, "of-the-handler") };
  const config = parseConfig({ ...hub, environment }, source);
  const release = await buildRelease(buildManifest(config), config);
  const discord = await startDiscord({ id: "1", token: "made-up" });
  try {
    const vault = join(folder, "vault");
    await writeVault(vault, {
      LOOPBACK_OP_SERVICE_ACCOUNT: TOKEN,
      [config.environment.DISCORD_OPS_WEBHOOK]: discord.webhookUrl,
    });
    const printed = await started("twilio-hub-alert@.service", {
      instance: "security-audit-funnel.service",
      path: [BIN_FOLDER, dirname(process.execPath)],
      cwd: release.folder,
      variables: { LOOPBACK_OP_VAULT: vault },
    });
    expect(printed).toBe("the alert was sent");
    expect(discord.state.messages.map(({ content }) => content)).toEqual([
      expect.stringContaining(
        "security-audit-funnel.service failed on srv1: journalctl -u security-audit-funnel.service",
      ),
    ]);
  } finally {
    await discord.close();
  }
});
