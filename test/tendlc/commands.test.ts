/**
 * Commands of a program that could text by any means: the pack lets none pass but the hub's own, whatever 10DLC's state. What it lets pass is carried
 * out on the loopback cloud, as the provider would, so that a text would be seen.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { APPROVED_RECORD } from "../../handlers/outbound/gate/test-approvals.ts";
import { CREDENTIALS, TOKEN } from "../../handlers/testing/manifest.ts";
import { STAGE_SCRIPT } from "../../hub/scripts/stage-release.ts";
import type { TwilioApi } from "../../loopback/twilio/api/api.ts";
import { startTwilioProxy, type TwilioProxy } from "../../loopback/twilio/api/proxy.ts";
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

/** Runs a script as the command provider does, with the account's credentials and the way to the loopback cloud alone. */
async function carryOut(script: string): Promise<void> {
  const CURL_CA_BUNDLE = join(folder, "ca.pem");
  await writeFile(CURL_CA_BUNDLE, proxy.ca);
  const env = { PATH: process.env.PATH, SID: accountSid, TOKEN, HTTPS_PROXY: proxy.url, CURL_CA_BUNDLE };
  await new Promise((done) => execFile("/bin/sh", ["-c", script], { cwd: folder, env, timeout: 20_000 }, done));
}

/** What the pack says of a command. Where it says nothing, the command is carried out. */
async function apply(given: GivenResource, tendlc: object): Promise<string[]> {
  const problems = await packProblems(given, tendlc);
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
    ["with text that is encoded", given({ create: ENCODED })],
    ["with a script in its standard input", given({ create: "sh", stdin: CURL })],
    ["with a script in a variable", given({ create: 'eval "$SCRIPT"', environment: { SCRIPT: CURL } })],
    ["with an interpreter", given({ create: "fetch('https://api.twilio.com')", interpreter: ["node", "-e"] })],
    ["with op run", given({ create: `op run --env-file=twilio.env -- ${CURL}`, logging: "none" })],
    ["with the Twilio CLI", given({ create: "twilio api:core:messages:create --to +12135550100" })],
    ["with the hub's own client", given({ create: "curl -X POST http://127.0.0.1:18798/outbound/messages" })],
    ["with a script that writes an open gate file", given({ create: "printf open >gate" })],
    ["with a script that is not known yet", given({ create: UNKNOWN })],
    ["without a script", given({})],
    ["on another machine", given({ create: CURL, connection: { host: "127.0.0.1" } }, "command:remote:Command")],
    [
      "copied to another machine",
      given({ source: "text.sh", remotePath: "/etc/cron.d/text" }, "command:remote:CopyToRemote"),
    ],
    ["under a name of the hub's, elsewhere", resource(LOCAL, { create: STAGE_SCRIPT }, { name: "staged-release" })],
    ["in the hub's deployment, under a name of its own", command("text-them", { create: CURL })],
    ["in the place of the staged release", stagedRelease({ create: CURL })],
    ["behind the staged release's script", stagedRelease({ create: `${STAGE_SCRIPT}\n${CURL}` })],
    ["in the staged release's update", stagedRelease({ update: CURL })],
    ["in the staged release's delete", stagedRelease({ delete: ENCODED })],
    ["by the staged release's interpreter", stagedRelease({ interpreter: ["/bin/sh", "-c", CURL] })],
    [
      "by a file that the staged release's shell reads first",
      stagedRelease({}, { BASH_ENV: "/tmp/text.sh", ENV: "/tmp/text.sh" }),
    ],
    ["by another PATH of the staged release", stagedRelease({}, { PATH: "/tmp/bin" })],
    ["in the place of the gate file's script", command("gate-file", { create: CURL })],
  ])("10DLC: %s: blocked", async (_what, attempt) => {
    expect(await apply(attempt, DENIED_RECORD)).not.toEqual([]);
    // An approval of 10DLC opens the gate of texts, and no other way past it.
    expect(await apply(attempt, APPROVED_RECORD)).not.toEqual([]);
    expect(textsThatLeft({ twilio })).toEqual(NO_TEXT);
  });

  test.each([
    ["with curl", CURL],
    ["with text that is encoded", ENCODED],
  ])("10DLC control: a command %s texts where nobody asks the pack", async (_what, script) => {
    await carryOut(script);
    expect(textsThatLeft({ twilio })).toEqual(ONE_TEXT);
  });

  test("10DLC control: the hub's own command passes", async () => {
    const problems = await packProblems(stagedRelease(), DENIED_RECORD);
    expect(problems.filter((problem) => problem.includes("hub/guards/commands/known-scripts.ts"))).toEqual([]);
  });
});
