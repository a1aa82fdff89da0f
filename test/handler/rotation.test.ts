/**
 * A rotation of the signing key under a load of webhooks, with the auth token refused: every webhook is signed as Twilio's Rules say at its moment. The commands
 * are the real ones, and so are the program that changes the Rules, the handler's releases, their staging and the restarts under PM2. Every change of the Rules
 * and every restart is killed once and taken up again.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { sign } from "../../handlers/testing/manifest.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { FINISH_SIGNING_RULES, PUT_SIGNING_RULES } from "../../hub/scripts/put-signing-rules.ts";
import { signingWith } from "../../hub/testing/signing.ts";
import type { WebhookAttempt } from "../../loopback/twilio/webhooks/webhook.ts";
import { freePort } from "../../tools/cli/free-port.ts";
import { firstRow } from "../../tools/postgres/database-client.ts";
import { type LocalPostgres, startPostgres } from "../../tools/postgres/postgres.ts";
import { realMachine } from "../support/signing/real-machine.ts";
import { makeSigningStack, type SigningStack } from "../support/signing/signing-stack.ts";
import { startWebhookLoad } from "../support/signing/webhook-load.ts";
import { sized } from "../support/test-form.ts";

const PER_SECOND = sized(40, 200);
const ITEM = "op://Aurora/signing-2026-12/secret";
const Params = z.record(z.string(), z.string());
/** The time that an older key has left, in seconds. A step must be through before. */
const LEFT_S = sized(20, 60);

let postgres: LocalPostgres;
let stack: SigningStack;
let databaseUrl: string;
beforeAll(async () => {
  postgres = await startPostgres();
  databaseUrl = await postgres.createDatabase("hub");
  const [port, adminPort] = [await freePort(), await freePort()];
  const changes = { signing: signingWith(), "handler.port": port, "handler.adminPort": adminPort };
  stack = await makeSigningStack(changes, (place) => realMachine(place, databaseUrl));
  stack.cloud.twilio.state.webhooks.queries = "ignored";
});
afterAll(async () => {
  await stack.close();
  await postgres.close();
});

const writes = () =>
  stack.cloud.twilio.requests.filter(({ method, path }) => method !== "GET" && path.includes("/Webhooks/")).length;

async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await stack.signing(args);
  expect(code, `${stdout}${stderr}`).toBe(0);
  return stdout;
}

/** Begins a script of an `up`, and kills it after so many changes at Twilio. It may have ended just then. */
async function killedAfter(changes: number, script: string): Promise<boolean> {
  const before = writes();
  const child = await stack.beginUp(script);
  const ended = once(child, "close");
  const isTime = async () => {
    while (child.exitCode === null && writes() < before + changes) await pause(2);
    return child.exitCode === null;
  };
  const isKilled = await isTime();
  if (isKilled && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await ended;
  return isKilled;
}

async function up(): Promise<void> {
  const { code, stderr } = await stack.up();
  expect(code, stderr).toBe(0);
}

test("a rotation under load, killed at every step: no webhook is refused, and none is lost", async () => {
  await stack.restart();
  await up();
  const manifest = buildManifest(await stack.config());
  const stop = startWebhookLoad(stack.cloud, manifest, PER_SECOND);
  try {
    await succeed("new", "--item", ITEM, "--write");
    expect(await succeed("rotate")).toContain("does not accept the key");
    await stack.restart();
    for (const percentage of [5, 100]) {
      expect(await succeed("rotate", "--write")).toContain(`Twilio signs ${percentage} %`);
      expect(await succeed("rotate")).toContain("not as the config says yet");
      expect(await killedAfter(2, PUT_SIGNING_RULES)).toBe(true);
      await up();
    }
    const until = new Date(Date.now() + LEFT_S * 1000);
    await succeed("rotate", "--write", "--until", `${until.toISOString().slice(0, 19)}Z`);
    await killedAfter(1, FINISH_SIGNING_RULES);
    await up();
    await stack.restart();
    await pause(Math.max(0, until.getTime() - Date.now()));
    const left = await succeed("rotate", "--write");
    expect(left).toContain("the keys that have ended leave the config");
    await stack.restart();
    const [, old] = /delete --stack test --key (\S+) --yes/.exec(left) ?? [];
    await succeed("delete", "--key", old ?? "", "--yes");
    expect(await succeed("rotate")).toContain("signs alone");
    const status: unknown = JSON.parse(await succeed("status", "--json"));
    expect(status).toMatchObject({
      findings: [],
      undeclared: [],
      signers: [{ config: "valid", running: "accepts" }, { running: "refuses" }],
    });
  } finally {
    const attempts = await stop();
    const statuses = new Set(attempts.map(({ status, error }) => status ?? error));
    expect([...statuses].toSorted()).toEqual([200, 204]);
    const stored = async () => Number((await firstRow(databaseUrl, "select count(*) from omni_events"))[0]);
    await expect.poll(stored, { timeout: 60_000 }).toBe(attempts.length);
    const [byOld, byNew] = [
      await signedWith("op://Aurora/twilio/signing-key", attempts),
      await signedWith(ITEM, attempts),
    ];
    expect(Math.min(byOld, byNew)).toBeGreaterThan(PER_SECOND);
    expect(byOld + byNew).toBe(attempts.length);
  }
});

/** The number of webhooks that were signed with the secret at a reference. */
async function signedWith(reference: string, attempts: readonly WebhookAttempt[]): Promise<number> {
  const vault = z.record(z.string(), z.string()).parse(JSON.parse(await readFile(stack.cloud.vaultFile, "utf8")));
  const secret = vault[reference] ?? "";
  return attempts.filter(
    ({ url, params, signature }) => sign(url, Params.parse(params), secret, "HMAC_SHA256") === signature,
  ).length;
}
