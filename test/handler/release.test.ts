/** A built release on its own: the server with the environment file next to it, and the commands. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { lambdaEvent } from "../../handlers/testing/hosts.ts";
import { formWebhook, PARAMETERS } from "../../handlers/testing/manifest.ts";
import { signedByKey } from "../../handlers/testing/signing.ts";
import { BIN_FOLDER } from "../../loopback/vault.ts";
import { type BuiltRelease, makeBuiltRelease, outcomeOf } from "../support/handler/built-release.ts";
import { SITE_KEYS, signingSite } from "../support/handler/signing-site.ts";

let built: BuiltRelease;
beforeAll(async () => {
  built = await makeBuiltRelease();
});
afterEach(() => built.stopAll());
afterAll(() => built.close());

test("it serves with the environment file next to it, and a probe through the registered URL recognises it", async () => {
  const running = built.start([]);
  const [line] = await once(running.stdout, "data");
  expect(JSON.parse(String(line))).toMatchObject({ msg: "listening", release: basename(built.release) });
  const stdout = `${built.url}: release ${basename(built.release)} answers\n`;
  // A variable from another release in the shell has no effect.
  expect(await outcomeOf(built.start(["probe"], { HUB_RELEASE: "6f".repeat(32) }))).toEqual({
    code: 0,
    stdout,
    stderr: "",
  });
  running.kill("SIGTERM");
  expect(await outcomeOf(running)).toMatchObject({ code: 0 });
});

test("check says whether it can start: it calls op once, and its ports may be in use", async () => {
  const running = built.start([]);
  await once(running.stdout, "data");
  const bin = join(built.folder, "counting");
  await mkdir(bin);
  await writeFile(
    join(bin, "op"),
    `#!/bin/sh\necho "$1" >>'${built.folder}/calls'\nexec '${join(BIN_FOLDER, "op")}' "$@"\n`,
  );
  await chmod(join(bin, "op"), 0o755);
  const PATH = [bin, built.variables.PATH].join(delimiter);
  const stdout = expect.stringContaining(`release ${basename(built.release)} can start`);
  expect(await outcomeOf(built.start(["check"], { PATH }))).toEqual({ code: 0, stdout, stderr: "" });
  expect(await readFile(join(built.folder, "calls"), "utf8")).toBe("inject\n");
});

test("alert sends an alert", async () => {
  const sent = { code: 0, stdout: "the alert was sent\n", stderr: "" };
  expect(await outcomeOf(built.start(["alert", "the restart failed"]))).toEqual(sent);
  expect(built.discord.state.messages.map(({ content }) => content)).toEqual(["the restart failed"]);
});

test.each([
  [
    ["alert"],
    {},
    2,
    "expected check, probe, retry-refused, reopen-sender NUMBER or alert TEXT, or no argument to serve",
  ],
  [["alert", " "], {}, 2, "alert: expected a TEXT to send"],
  [
    ["prob"],
    {},
    2,
    "expected check, probe, retry-refused, reopen-sender NUMBER or alert TEXT, or no argument to serve",
  ],
  [["alert", "text"], { DISCORD_OPS_WEBHOOK: "" }, 1, "DISCORD_OPS_WEBHOOK: missing; expected an https URL"],
  [
    ["alert", "text"],
    { LOOPBACK_OP_VAULT: "" },
    1,
    "DISCORD_OPS_WEBHOOK: op://Aurora/discord/ops-webhook: op read failed",
  ],
  [["check"], { OUTBOUND_TOKEN: "op://Aurora/none/none" }, 1, "OUTBOUND_TOKEN: op://Aurora/none/none: op read failed"],
  [["check"], { DATABASE_URL: "" }, 1, "DATABASE_URL: missing"],
  [
    ["check", "it"],
    {},
    2,
    "expected check, probe, retry-refused, reopen-sender NUMBER or alert TEXT, or no argument to serve",
  ],
  [["probe"], { OP_SERVICE_ACCOUNT_TOKEN_FILE: "/nowhere" }, 1, "/nowhere: cannot be opened"],
])("%j with %j: the error is one line", async (args, changes, code, problem) => {
  const result = await outcomeOf(built.start(args, Object.fromEntries(Object.entries(changes))));
  expect(result).toMatchObject({ code, stdout: "" });
  expect(result.stderr).toMatch(/^twilio handler: .*\n$/);
  expect(result.stderr).toContain(problem);
});

test("without the auth token, it checks itself with one call of op, and the probe is signed with the key", async () => {
  const refusing = await makeBuiltRelease(signingSite("refuse"));
  try {
    const running = refusing.start([]);
    await once(running.stdout, "data");
    const checked = await outcomeOf(refusing.start(["check"]));
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining("can start"), stderr: "" });
    const stdout = `${refusing.url}: release ${basename(refusing.release)} answers\n`;
    expect(await outcomeOf(refusing.start(["probe"]))).toEqual({ code: 0, stdout, stderr: "" });
  } finally {
    await refusing.close();
  }
});

test("on Lambda without the auth token, a webhook of the key is checked and one of the token is refused", async () => {
  const refusing = await makeBuiltRelease(signingSite("refuse"));
  const program = `
    const { handler } = await import(process.argv[1]);
    const answers = [];
    for (const event of JSON.parse(process.argv[2])) answers.push((await handler(event)).statusCode);
    process.stdout.write(JSON.stringify(answers), () => process.exit());`;
  const byToken = formWebhook(refusing.url, PARAMETERS["call-status"]);
  const events = [byToken, signedByKey(byToken, refusing.url, SITE_KEYS.valid)].map((webhook) =>
    lambdaEvent(webhook, "$default"),
  );
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", program, join(refusing.release, "handler.mjs"), JSON.stringify(events)],
      {
        env: {
          ...refusing.variables,
          // No database answers there, so a webhook that was accepted is answered with 503.
          DATABASE_URL: "postgres://127.0.0.1:1/hub",
          OP_SERVICE_ACCOUNT_TOKEN_FILE: join(refusing.folder, "token"),
          LOG_LEVEL: "error",
        },
      },
    );
    expect(JSON.parse(stdout)).toEqual([403, 503]);
  } finally {
    await refusing.close();
  }
});

test("without the auth token and a key that is valid now, its check and its start fail by the key's name", async () => {
  const { config, vault } = signingSite("refuse");
  const { id, algorithm } = SITE_KEYS.expired;
  const keys = [{ id, algorithm, secret: "op://Aurora/twilio/expired", from: "2099-01-01T00:00:00Z" }];
  const settings = [{ name: "first", key: id }];
  const signing = { ...Object(config?.signing), keys, settings };
  const early = await makeBuiltRelease({ config: { signing }, ...(vault && { vault }) });
  try {
    for (const args of [["check"], []]) {
      const { code, stderr } = await outcomeOf(early.start(args));
      expect(code).toBe(1);
      expect(stderr).toContain("hub:signing.keys: none is valid now, and hub:signing.authToken is refuse");
      expect(stderr).not.toContain("    at ");
    }
  } finally {
    await early.close();
  }
});
