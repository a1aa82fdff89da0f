import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT } from "../cli/paths.ts";
import { PULUMI_VERSION } from "../engine/version.ts";

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return runWith({}, ...args);
}

function runWith(
  environment: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = join(PROJECT, "tools", "commands", "pulumi.ts");
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { env: { ...process.env, ...environment } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

test("--help shows the commands with examples", async () => {
  const { code, stdout } = await run("preview", "--help");
  expect(code).toBe(0);
  expect(stdout).toContain("npm run preview -- --stack prod --diff");
});

test("a run without a stack names the missing option", async () => {
  const { code, stderr } = await run("preview");
  expect(code).toBe(1);
  expect(stderr).toBe("error: --stack is missing: name the stack, for example npm run preview -- --stack prod\n");
  const bare = await run("pulumi", "refresh");
  expect(bare.stderr).toContain("for example npm run pulumi -- refresh --stack prod\n");
});

test("an unknown stack is reported by its file", async () => {
  const { code, stderr } = await run("preview", "--stack", "nowhere");
  expect(code).toBe(1);
  expect(stderr).toBe(
    "error: Pulumi.nowhere.yaml: no such stack config; write it, or name another stack with --stack\n",
  );
});

test("a preview of prod names each key that the domain document does not give", async () => {
  const { code, stderr } = await run("preview", "--stack", "prod");
  expect(code).toBe(1);
  const missing = [...stderr.matchAll(/- (hub:\S+): missing; set it/g)].map(([, key]) => key);
  expect(missing).toEqual([
    ...["DATABASE_URL", "OPENCLAW_HOOK_TOKEN", "OUTBOUND_TOKEN", "DISCORD_OPS_WEBHOOK"].map(
      (name) => `hub:environment.${name}`,
    ),
    ...["SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"].map((name) => `hub:environment.${name}`),
    ...[0, 1, 2].map((index) => `hub:siblings[${index}].rules`),
    ...["accountId", "zoneId", "tunnelId", "dnsRecordId", "apiToken"].map((key) => `hub:cloudflare.${key}`),
    ...["agent", "hours"].map((key) => `hub:voice.${key}`),
  ]);
});

test("variables that a shell still has from the loopback cloud attach no stand-in to another run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pulumi-tool-"));
  try {
    const cli = `#!/bin/sh\n[ "$1" = version ] && echo v${PULUMI_VERSION} && exit\necho "$1 [$PULUMI_DEBUG_PROVIDERS$PULUMI_DEBUG_LANGUAGES]"\n`;
    await writeFile(join(folder, "pulumi"), cli, { mode: 0o755 });
    const PATH = [folder, process.env.PATH].join(delimiter);
    const leftovers = { PULUMI_DEBUG_PROVIDERS: "cloudflare:1", PULUMI_DEBUG_LANGUAGES: "nodejs:2" };
    const { code, stdout } = await runWith({ PATH, ...leftovers }, "pulumi", "whoami");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "whoami []\n" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
