import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SharedKeyId } from "../../hub/config/signing.ts";
import { type Discord, startDiscord } from "../../loopback/discord.ts";
import { openSpoolFile } from "../spool/spool-file.ts";
import { eventually } from "../testing/eventually.ts";
import type { RefusedKey } from "../twilio/signature-settings.ts";
import type { Worker } from "../worker/worker.ts";
import { createKeyAlertClaims } from "./key-alert-claims.ts";
import { startKeyAlerts } from "./key-alerts.ts";
import { rememberRefusedKeys } from "./refused-keys.ts";

const HOUR = 60 * 60_000;
const keyOf = (digit: number, reason: RefusedKey["reason"] = "unknown") => ({
  id: SharedKeyId.parse(`webhooks_sharedkey_${String(digit).padStart(26, "0")}`),
  reason,
});

let folder: string;
let discord: Discord;
let clock = 0;
const workers: Worker[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "key-alerts-"));
  discord = await startDiscord({ id: "1", token: "token" });
  clock = Date.parse("2026-06-01T00:00:00Z");
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, "write").mockReturnValue(true);
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  await discord.close();
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

/** A process with its own memory, on the machine's spool file. */
function startProcess() {
  const refusedKeys = rememberRefusedKeys();
  const worker = startKeyAlerts({
    refusedKeys,
    spoolFile: join(folder, "spool.sqlite"),
    discord: { webhookUrl: discord.webhookUrl },
    machine: "srv1",
    everyMs: 10,
    now: () => clock,
    backoff: { fromMs: 1, toMs: 5 },
  });
  workers.push(worker);
  const name = (key: RefusedKey, times = 3) => {
    for (let time = 0; time < times; time += 1) refusedKeys.see(key, clock);
  };
  /** Waits until the worker has looked at every key that is due. */
  const settled = () => eventually(async () => expect(refusedKeys.due(clock)).toEqual([]));
  return { name, settled };
}
const told = () => discord.state.messages.map(({ content }) => content);

test("people are told once that a key is refused, by name, and that the header may be forged", async () => {
  const { name, settled } = startProcess();
  name(keyOf(1), 2);
  await settled();
  expect(told()).toEqual([]);
  name(keyOf(1), 1);
  await settled();
  expect(told()).toEqual([expect.stringContaining(`Twilio hub on srv1: webhooks are refused because they name`)]);
  expect(told()[0]).toContain(`\`${keyOf(1).id}\`, which the running release does not hold`);
  expect(told()[0]).toContain("it may be forged");
  name(keyOf(1), 50);
  await settled();
  expect(told()).toHaveLength(1);
});

test.each([
  ["expired", "which has expired"],
  ["not yet valid", "whose time has not come"],
  ["another algorithm", "with another algorithm than the key's"],
] as const)("a key that is %s is told as such", async (reason, words) => {
  const { name, settled } = startProcess();
  name(keyOf(1, reason));
  await settled();
  expect(told()).toEqual([expect.stringContaining(words)]);
});

test("all processes of a machine send one alert, and a start does not forget it", async () => {
  const processes = [startProcess(), startProcess(), startProcess()];
  for (const { name } of processes) name(keyOf(1));
  await Promise.all(processes.map(({ settled }) => settled()));
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  const { name, settled } = startProcess();
  name(keyOf(1));
  await settled();
  expect(told()).toHaveLength(1);
});

test("people are told of three keys a day, however many are named, and again on the next day", async () => {
  const { name, settled } = startProcess();
  for (let digit = 1; digit <= 40; digit += 1) name(keyOf(digit));
  await settled();
  expect(told()).toHaveLength(3);
  expect(told().map((content) => content?.includes("No further key is told of today"))).toEqual([false, false, true]);
  clock += 23 * HOUR;
  name(keyOf(50));
  await settled();
  expect(told()).toHaveLength(3);
  clock += HOUR;
  name(keyOf(1));
  await settled();
  expect(told()).toHaveLength(4);
});

test("a claim of a process that was killed ends after half a minute", async () => {
  const file = openSpoolFile(join(folder, "spool.sqlite"), { synchronous: "normal", busyTimeoutMs: 250 });
  const claims = createKeyAlertClaims(file);
  expect(claims.claim(keyOf(1).id, clock)).toEqual({ kind: "claimed", isLast: false });
  expect(claims.claim(keyOf(1).id, clock + 29_999)).toEqual({ kind: "busy" });
  expect(claims.claim(keyOf(1).id, clock + 30_000)).toEqual({ kind: "claimed", isLast: false });
  file.close();
});

test("if Discord is away, the alert is sent once it is back", async () => {
  discord.faults.fail({ status: 503, count: 2 });
  const { name, settled } = startProcess();
  name(keyOf(1));
  await settled();
  expect(told()).toHaveLength(1);
});
