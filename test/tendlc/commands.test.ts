/**
 * Commands of a program that could text by any means. The policy pack passes only the hub's own commands, whatever the state of 10DLC. A
 * command that it passes is run on the loopback cloud, as the provider would do, so that a text would be seen.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { APPROVED_RECORD, type TestRecords, VERIFIED_RECORD } from "../../handlers/outbound/gate/test-approvals.ts";
import { CREDENTIALS, TOKEN } from "../../handlers/testing/manifest.ts";
import { STAGE_SCRIPT } from "../../hub/scripts/stage-release.ts";
import type { TwilioApi } from "../../loopback/twilio/api/api.ts";
import { startTwilioProxy, type TwilioProxy } from "../../loopback/twilio/proxy/proxy.ts";
import { command, stagedRelease } from "../../policies/testing/hub.ts";
import { type GivenResource, resource, UNKNOWN } from "../../policies/testing/resource.ts";
import { packProblems } from "../support/rules/pack-problems.ts";
import { DENIED_RECORD, NO_TEXT, ONE_TEXT, textsThatLeft } from "../support/tendlc/tendlc-site.ts";
import { testTwilio } from "../support/tendlc/test-twilio.ts";

const LOCAL = "command:local:Command";
const TEXT = "--data-urlencode To=+12135550100 --data-urlencode From=+19497798471 -d Body=Hello.";
const CURL = `curl -sS -u "$SID:$TOKEN" ${TEXT} https://api.twilio.com/2010-04-01/Accounts/$SID/Messages.json`;
const ENCODED = `echo ${Buffer.from(CURL).toString("base64")} | base64 -d | sh`;

const { accountSid } = CREDENTIALS;

let folder: string;
let twilio: TwilioApi;
let proxy: TwilioProxy;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commands-"));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  twilio = testTwilio();
  proxy = await startTwilioProxy(twilio);
});
afterEach(() => proxy.close());

/** Runs a script as the command provider does. It gets only the account's credentials and the proxy to the loopback cloud. */
async function carryOut(script: string): Promise<void> {
  const CURL_CA_BUNDLE = join(folder, "ca.pem");
  await writeFile(CURL_CA_BUNDLE, proxy.ca);
  const env = { PATH: process.env.PATH, SID: accountSid, TOKEN, HTTPS_PROXY: proxy.url, CURL_CA_BUNDLE };
  await new Promise((done) => execFile("/bin/sh", ["-c", script], { cwd: folder, env, timeout: 20_000 }, done));
}

/** Checks a command with the pack, and runs it if there are no problems. Returns the pack's problems. */
async function apply(given: GivenResource, records: TestRecords): Promise<string[]> {
  const problems = await packProblems(given, records);
  const { create } = given.marked;
  if (problems.length === 0 && typeof create === "string") await carryOut(create);
  return problems;
}

const given = (props: Readonly<Record<string, unknown>>, type = LOCAL) => resource(type, props, { name: "text-them" });

describe("a command that could text", () => {
  test.each<[string, GivenResource]>([
    ["with curl", given({ create: CURL })],
    ["with curl in its update", given({ create: "true", update: CURL })],
    ["with curl in its delete", given({ create: "true", delete: CURL })],
    ["with an encoded script", given({ create: ENCODED })],
    ["with a script in its standard input", given({ create: "sh", stdin: CURL })],
    ["with a script in a variable", given({ create: 'eval "$SCRIPT"', environment: { SCRIPT: CURL } })],
    ["with an interpreter", given({ create: "fetch('https://api.twilio.com')", interpreter: ["node", "-e"] })],
    ["with op run", given({ create: `op run --env-file=twilio.env -- ${CURL}`, logging: "none" })],
    ["with the Twilio CLI", given({ create: "twilio api:core:messages:create --to +12135550100" })],
    ["with the hub's own client", given({ create: "curl -X POST http://127.0.0.1:18798/outbound/messages" })],
    ["with a script that writes an open gate file", given({ create: "printf open >gate" })],
    ["with an unknown script", given({ create: UNKNOWN })],
    ["without a script", given({})],
    ["on another machine", given({ create: CURL, connection: { host: "127.0.0.1" } }, "command:remote:Command")],
    [
      "copied to another machine",
      given({ source: "text.sh", remotePath: "/etc/cron.d/text" }, "command:remote:CopyToRemote"),
    ],
    ["with a name of the hub's, but elsewhere", resource(LOCAL, { create: STAGE_SCRIPT }, { name: "staged-release" })],
    ["in the hub's deployment, with its own name", command("text-them", { create: CURL })],
    ["instead of the staged release's script", stagedRelease({ create: CURL })],
    ["after the staged release's script", stagedRelease({ create: `${STAGE_SCRIPT}\n${CURL}` })],
    ["in the staged release's update", stagedRelease({ update: CURL })],
    ["in the staged release's delete", stagedRelease({ delete: ENCODED })],
    ["as the staged release's interpreter", stagedRelease({ interpreter: ["/bin/sh", "-c", CURL] })],
    [
      "in a file that the staged release's shell reads first",
      stagedRelease({}, { BASH_ENV: "/tmp/text.sh", ENV: "/tmp/text.sh" }),
    ],
    ["through another PATH of the staged release", stagedRelease({}, { PATH: "/tmp/bin" })],
    ["instead of the gate file's script", command("gate-file", { create: CURL })],
  ])("10DLC: %s: blocked", async (_what, attempt) => {
    expect(await apply(attempt, { tendlc: DENIED_RECORD })).not.toEqual([]);
    // The approvals open the text gate, but no way around it.
    expect(await apply(attempt, { tendlc: APPROVED_RECORD, tollfree: VERIFIED_RECORD })).not.toEqual([]);
    expect(textsThatLeft({ twilio })).toEqual(NO_TEXT);
  });

  test.each([
    ["with curl", CURL],
    ["with an encoded script", ENCODED],
  ])("10DLC control: without the pack, a command %s sends a text", async (_what, script) => {
    await carryOut(script);
    expect(textsThatLeft({ twilio })).toEqual(ONE_TEXT);
  });

  test("10DLC control: the hub's own command passes", async () => {
    const problems = await packProblems(stagedRelease(), { tendlc: DENIED_RECORD });
    expect(problems.filter((problem) => problem.includes("hub/guards/commands/known-scripts.ts"))).toEqual([]);
  });
});
