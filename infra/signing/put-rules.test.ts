import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { FINISH_SIGNING_RULES, PUT_SIGNING_RULES, REMOVE_SIGNING_RULES } from "../../hub/scripts/put-signing-rules.ts";
import { ACCEPTED_SIGNING_FILE, type AcceptedSigning, acceptedSigning } from "../../hub/signing/accepted-signing.ts";
import { settingTitle } from "../../hub/signing/declared-rules.ts";
import { signingVariables } from "../../hub/signing/signing-variables.ts";
import { configWith, SOURCE } from "../../hub/testing/config.ts";
import { KEY, signingWith } from "../../hub/testing/signing.ts";
import { type LoopbackCloud, startLoopbackCloud } from "../../loopback/cloud.ts";
import { placeRule, placeSetting } from "../../loopback/twilio/configuration/make.ts";
import { endOf } from "../../tools/cli/child-process.ts";
import { PROJECT } from "../../tools/cli/paths.ts";

const NONE = { source: "INLINE" as const, value: { scheme: "NONE" as const } };
const RELEASE = "a".repeat(64);
const CONFIG = parseConfig(configWith({ signing: signingWith() }), SOURCE);
const ACCEPTED = acceptedSigning(buildManifest(CONFIG));
const URLS = ACCEPTED.urls.filter((url) => !url.includes("?"));

let cloud: LoopbackCloud;
let folder: string;
beforeEach(async () => {
  cloud = await startLoopbackCloud({ config: CONFIG });
  folder = await mkdtemp(join(tmpdir(), "put-rules-"));
  await mkdir(join(folder, RELEASE));
  await symlink(RELEASE, join(folder, "current"));
  await accept(ACCEPTED);
  await writeFile(join(folder, RELEASE, "ecosystem.config.cjs"), "module.exports = { apps: [{ instances: 1 }] };\n");
  await runsInPm2([
    { name: "twilio", pm2_env: { status: "online", pm_exec_path: join(folder, RELEASE, "handler.mjs") } },
  ]);
});
afterEach(async () => {
  await cloud.close();
  await rm(folder, { recursive: true });
});

/** The signatures that the running release accepts; undefined for one without the file. */
async function accept(accepted: AcceptedSigning | undefined): Promise<void> {
  const file = join(folder, RELEASE, ACCEPTED_SIGNING_FILE);
  await (accepted === undefined ? rm(file) : writeFile(file, JSON.stringify(accepted)));
}

/** PM2's list. PM2 itself runs in test/deploy. */
async function runsInPm2(list: readonly object[]): Promise<void> {
  await writeFile(join(folder, "pm2"), `#!/bin/sh\nprintf '%s\\n' '${JSON.stringify(list)}'\n`, { mode: 0o755 });
}

function begin(script: string, signing = signingWith()) {
  const config = { ...parseConfig(configWith({ signing }), SOURCE), endpoints: cloud.endpoints };
  return spawn("/bin/sh", ["-c", script], {
    cwd: join(PROJECT, "infra"),
    env: {
      ...process.env,
      ...signingVariables(config),
      HUB_RELEASES: folder,
      HUB_TRANSPORT: "local",
      LOOPBACK_OP_VAULT: cloud.vaultFile,
      PATH: [cloud.binFolder, folder, process.env.PATH].join(delimiter),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function run(script: string, signing = signingWith()) {
  const child = begin(script, signing);
  const [{ code }, stdout, stderr] = await Promise.all([endOf(child), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

const configuration = () => cloud.twilio.state.webhooks;
const rules = () => [...configuration().saved.rules.values()];
const settings = () => [...configuration().saved.settings.values()];
const applied = () => [...configuration().applied().rules.values()];
const writes = () =>
  cloud.twilio.requests.filter(({ method, path }) => method !== "GET" && path.includes("/Webhooks/"));
const done = { code: 0, stdout: "as declared\n" };

test("the declared Settings and Rules are made, and apply when the script ends; a second run does nothing", async () => {
  const first = await run(PUT_SIGNING_RULES);
  expect(first, first.stderr).toMatchObject(done);
  expect(first.stderr).toContain(
    "the Rule for https://webhook.reri.co/voice/webhook: created, and applied by Twilio after",
  );
  expect(settings()).toMatchObject([
    { friendlyName: "twilio-hub first", auth: NONE, signature: { sharedKeyId: KEY, algorithm: "HMAC_SHA256" } },
  ]);
  expect(
    applied()
      .map((rule) => "value" in rule && rule.value)
      .toSorted(),
  ).toEqual(URLS.toSorted());
  const before = writes().length;
  expect(before).toBe(URLS.length + 1);
  expect(await run(PUT_SIGNING_RULES)).toMatchObject(done);
  expect(writes()).toHaveLength(before);
});

test.each<[string, () => Promise<void>, string]>([
  ["has no file about keys", () => accept(undefined), `does not accept the key ${KEY}`],
  ["accepts no key", () => accept({ ...ACCEPTED, keys: [] }), `does not accept the key ${KEY}`],
  ["does not run in PM2", () => runsInPm2([]), "no release runs"],
  [
    "runs beside another",
    () => runsInPm2([{ name: "twilio", pm2_env: { status: "online", pm_exec_path: "/other/handler.mjs" } }]),
    "no release runs",
  ],
  ["has a damaged file", () => writeFile(join(folder, RELEASE, ACCEPTED_SIGNING_FILE), "{"), "is damaged"],
])("nothing is changed if the running release %s", async (_what, prepare, reason) => {
  await prepare();
  const { code, stderr } = await run(PUT_SIGNING_RULES);
  expect([code, writes()]).toEqual([1, []]);
  expect(stderr).toContain(reason);
  expect(stderr.trim()).not.toContain("\n");
});

test.each(["FAILED", "CANCELLED"] as const)(
  "a change that ends as %s is named, and the next run makes it again",
  async (end) => {
    configuration().ends.push(end);
    const { code, stderr } = await run(PUT_SIGNING_RULES);
    expect(code).toBe(1);
    expect(stderr).toContain(`Operation webhooks_operation_`);
    expect(stderr).toContain(`is ${end}`);
    expect(applied()).toHaveLength(URLS.length - 1);
    expect(await run(PUT_SIGNING_RULES)).toMatchObject(done);
    expect(applied()).toHaveLength(URLS.length);
  },
);

test.each([0, 1, 4])("a run that is killed after %i Rules were sent is taken up again", async (sent) => {
  configuration().delayMs = 2_000;
  const child = begin(PUT_SIGNING_RULES);
  const ended = endOf(child);
  while (rules().length < sent || settings().length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGKILL");
  await ended;
  configuration().delayMs = 100;
  const again = await run(PUT_SIGNING_RULES);
  expect(again, again.stderr).toMatchObject(done);
  expect([settings().length, applied().length]).toEqual([1, URLS.length]);
});

test("a changed percentage changes the Rules, and none is missing meanwhile", async () => {
  await run(PUT_SIGNING_RULES);
  const ids = rules().map(({ id }) => id);
  const shares = [
    { setting: "first", percentage: 95 },
    { setting: "second", percentage: 5 },
  ];
  const both = signingWith({ "settings.1": { name: "second", key: KEY }, "rules.0.settings": shares });
  const changed = await run(PUT_SIGNING_RULES, both);
  expect(changed, changed.stderr).toMatchObject(done);
  expect(applied().map(({ id }) => id)).toEqual(ids);
  for (const rule of applied()) expect(rule.settings.map(({ percentage }) => percentage)).toEqual([95, 5]);
});

test("only the last script removes what is no longer declared, and nothing of a neighbour's", async () => {
  await run(PUT_SIGNING_RULES);
  const theirs = placeSetting(configuration(), { auth: NONE, friendlyName: "theirs" });
  const shares = [{ settingId: theirs.id, percentage: 100 }];
  const kept = [
    placeRule(configuration(), { matchType: "DEFAULT", settings: shares, friendlyName: settingTitle("default") }),
    placeRule(configuration(), { matchType: "PREFIX_MATCH", prefix: "https://webhook.reri.co/crm/", settings: shares }),
  ];
  await accept({ ...ACCEPTED, authToken: true });
  const nothing = signingWith({ authToken: "accept", rules: [], settings: [] });
  await run(PUT_SIGNING_RULES, nothing);
  expect(rules()).toHaveLength(URLS.length + kept.length);
  const finished = await run(FINISH_SIGNING_RULES, nothing);
  expect(finished, finished.stderr).toMatchObject(done);
  expect(applied()).toEqual(kept);
  expect(settings()).toEqual([theirs]);
  expect(configuration().saved.sharedKeys.has(KEY)).toBe(true);
});

test("the declared Rules are removed only once the running release accepts the auth token", async () => {
  await run(PUT_SIGNING_RULES);
  const refused = await run(REMOVE_SIGNING_RULES);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("hub:signing.authToken to accept");
  expect(rules()).toHaveLength(URLS.length);
  await accept({ ...ACCEPTED, authToken: true });
  expect(await run(REMOVE_SIGNING_RULES)).toMatchObject({ code: 0, stdout: "removed\n" });
  expect([rules(), settings()]).toEqual([[], []]);
});

test("a reference that cannot be read is named, and no secret is printed", async () => {
  const missing = await run(PUT_SIGNING_RULES, signingWith({ "apiKey.secret": "op://Aurora/twilio/nothing" }));
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain("op://Aurora/twilio/nothing cannot be read");
  const { stdout, stderr } = await run(PUT_SIGNING_RULES);
  const vault: unknown = JSON.parse(await readFile(cloud.vaultFile, "utf8"));
  for (const [reference, value] of Object.entries(Object(vault)))
    if (/signing-key|api-key-secret|auth-token/.test(reference)) expect(`${stdout}${stderr}`).not.toContain(value);
});
