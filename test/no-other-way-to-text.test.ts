/**
 * A text leaves through `handlers/outbound/send/post-message.ts` alone, and that takes nothing but the gate's clearance. Held over every source
 * file of the rooms that run against the real accounts, tests aside: a test reaches 127.0.0.1 alone.
 * - Only that module may hold the path of Twilio's Messages. `find-created.ts` may ask for the list, with GET.
 * - Only what asks Twilio names a host of Twilio's, and each file its own URLs alone: each host has its own ways to text. `place-call.ts` posts to
 *   the calls; `recordings/media.ts` and `tools/adopt/twilio-numbers.ts` ask with GET.
 * - Only the sender imports that module, only the gate makes a clearance, and only the three that ask Twilio import what can.
 * - Of npm's `twilio` there are the webhook check and the voice half of TwiML alone; `@pulumi/twilio`, whose resources text, is infra's.
 * - No TwiML answers with a text.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import {
  CLEARANCE,
  FIND_CREATED,
  isSource,
  MAY_NAME_MESSAGES,
  MAY_NAME_TWILIO,
  MEDIA,
  NUMBER_SIDS,
  namesMessages,
  namesTwilio,
  PLACE_CALL,
  POST_MESSAGE,
  problems,
  TWILIO_ANSWER,
  textsOf,
} from "./support/rules/ways-to-text.ts";

const PROJECT = join(import.meta.dirname, "..");
const ROOMS = ["audit", "handlers", "hub", "infra", "policies", "tools"];

const textOf = (file: string) => readFileSync(join(PROJECT, file), "utf8");

/** What is tracked, and what is about to be. */
function sourceFiles(): string[] {
  const list = (...options: string[]) =>
    execFileSync("git", ["ls-files", "-z", ...options, "--", ...ROOMS], { cwd: PROJECT, encoding: "utf8" }).split("\0");
  const deleted = new Set(list("--deleted"));
  return list("--cached", "--others", "--exclude-standard").filter((file) => isSource(file) && !deleted.has(file));
}

test("there is no other way to text", () => {
  const files = sourceFiles();
  for (const file of [POST_MESSAGE, PLACE_CALL, FIND_CREATED, NUMBER_SIDS, TWILIO_ANSWER, CLEARANCE, MEDIA])
    expect(files).toContain(file);
  expect(files.flatMap((file) => problems(file, textOf(file)))).toEqual([]);
});

test("every exception is needed", () => {
  for (const file of MAY_NAME_MESSAGES) expect(textsOf(textOf(file)).some(namesMessages), file).toBe(true);
  for (const [file, own] of Object.entries(MAY_NAME_TWILIO))
    expect(new Set(textsOf(textOf(file)).filter(namesTwilio)), file).toEqual(new Set(own));
});

test("a source is read whatever its ending, and a test is not", () => {
  const names = ["a.ts", "a.mts", "a.cts", "a.tsx", "a.js", "a.mjs", "a.cjs", "a.jsx"];
  expect(names.filter((name) => !isSource(`handlers/${name}`))).toEqual([]);
  expect(["handlers/a.test.ts", "tools/engine/cli/go.mod"].filter(isSource)).toEqual([]);
});

const ELSEWHERE = "handlers/dispatch/a.ts";
const SENDER = "handlers/outbound/queue/sender.ts";
const TEXT_GATE = "handlers/outbound/gate/text-gate.ts";

test.each([
  [ELSEWHERE, 'const path = "/Messages.json";'],
  ["hub/a.ts", 'export const path = "/2010-04-01/Accounts/AC1/Messages";'],
  ["infra/a.ts", `const path = \`/Accounts/\${sid}/Messages.json\`;`],
  ["infra/a.ts", 'const script = "curl -X POST $HOST/Messages.json";'],
  ["policies/a.ts", 'const path = "/Mess" + "ages.json";'],
  ["tools/a.ts", `const path = \`/\${'Mess'}ages.json\`;`],
  ["tools/a.ts", 'const path = ["Mess", "ages"].join("");'],
  ["tools/a.ts", 'const path = "Mess".concat("ages");'],
  ["tools/a.ts", `const path = ("/Mess" as string) + \`ages.\${kind}\`;`],
  ["audit/a.ts", 'const path = "/%4Dessages.json";'],
  ["audit/a.ts", 'const path = "/messages.json";'],
  [SENDER, 'const path = "/Messages.json";'],
  [FIND_CREATED, 'await requestTwilio(account, "/Messages.json", { method: "POST" });'],
  [FIND_CREATED, 'await requestTwilio(account, "/Messages.json", init);'],
  [FIND_CREATED, 'await requestTwilio(account, ...["/Messages.json", init]);'],
  [FIND_CREATED, "const send = requestTwilio;"],
  [FIND_CREATED, "await account.fetch(url);"],
  [FIND_CREATED, 'import { requestTwilio as ask } from "./twilio-answer.ts";'],
  [PLACE_CALL, "await requestTwilio(account, path, { body });"],
  [PLACE_CALL, `await requestTwilio(account, \`/\${kind}.json\`, { body });`],
  [PLACE_CALL, 'await requestTwilio(account, "/Queues.json", { body });'],
  [PLACE_CALL, "const send = requestTwilio;"],
  [PLACE_CALL, 'import { requestTwilio as ask } from "./twilio-answer.ts";'],
  [POST_MESSAGE, "await requestTwilio(account, path, { body });"],
  [MEDIA, 'await send(url, { method: "POST" });'],
  [MEDIA, 'await send(url, { ["method"]: "POST" });'],
  [MEDIA, `await send(url, { [name]: "POST" });`],
  [MEDIA, 'const url = new URL("https://messaging.twilio.com/v1/Services");'],
  [MEDIA, `const url = new URL(\`https://api.twilio.com/2010-04-01/Accounts/\${accountSid}/\${path}\`);`],
  [MEDIA, 'const url = new URL(path, "https://api.twilio.com");'],
  [TWILIO_ANSWER, `const url = \`https://\${product}.twilio.com/v1\`;`],
  [NUMBER_SIDS, 'get(url, { method: "POST" });'],
  [NUMBER_SIDS, 'import { request } from "node:https";'],
  [NUMBER_SIDS, "await fetch(url, init);"],
  [NUMBER_SIDS, 'const path = "/Messages.json";'],
  [ELSEWHERE, 'await fetch("https://api.twilio.com/2010-04-01");'],
  [ELSEWHERE, 'await fetch("https://messaging.twilio.com/v1/Services");'],
  [ELSEWHERE, 'const host = "conversations.twilio" + ".com";'],
])("an endpoint is refused in %s: %s", (file, text) => {
  expect(problems(file, text)).not.toEqual([]);
});

test.each([
  ["handlers/start-hub.ts", 'import { postMessage } from "./outbound/send/post-message.ts";'],
  ["handlers/start-hub.ts", 'import type { postMessage } from "./outbound/send/post-message.ts";'],
  ["handlers/start-hub.ts", 'type Post = typeof import("./outbound/send/post-message.ts");'],
  ["handlers/start-hub.ts", 'const post = await import("./outbound/send/post-message.ts");'],
  ["tools/a.ts", 'export * from "../handlers/outbound/send/post-message.ts";'],
  [SENDER, 'export { postMessage } from "../send/post-message.ts";'],
  [SENDER, 'import { postMessage } from "../send/post-message.ts"; export { postMessage };'],
  [SENDER, 'import { postMessage as post } from "../send/post-message.ts"; export { post as send };'],
  [SENDER, 'import { postMessage } from "../send/post-message.ts"; export default postMessage;'],
  [SENDER, 'import { clearText } from "../gate/clearance.ts";'],
  [SENDER, 'import { clearText as clear } from "../gate/clearance.ts";'],
  [SENDER, 'import { redeem } from "../gate/clearance.ts";'],
  [SENDER, 'import * as clearance from "../gate/clearance.ts";'],
  [SENDER, 'import clearance from "../gate/clearance.ts";'],
  [SENDER, 'import clearance, { type TextClearance } from "../gate/clearance.ts";'],
  [SENDER, 'const clearance = await import("../gate/clearance.ts");'],
  [SENDER, 'import clearance = require("../gate/clearance.ts");'],
  [POST_MESSAGE, 'import { clearText } from "../gate/clearance.ts";'],
  [TEXT_GATE, 'export { clearText } from "./clearance.ts";'],
  [TEXT_GATE, 'import { clearText } from "./clearance.ts"; export { clearText };'],
  [TEXT_GATE, 'export * from "./clearance.ts";'],
  [SENDER, 'import { requestTwilio } from "../send/twilio-answer.ts";'],
  ["handlers/start-hub.ts", 'import { postMessage } from "./outbound/send/post-message.js";'],
  ["handlers/start-hub.ts", 'import { postMessage } from "./outbound/send/post-message";'],
  ["handlers/start-hub.mjs", 'import { clearText } from "./outbound/gate/clearance.ts?again";'],
  ["handlers/start-hub.ts", "const post = await import(path);"],
  ["handlers/start-hub.ts", 'const post = await import("file:///opt/post-message.ts");'],
  ["handlers/recordings/a.ts", 'import * as twilio from "../outbound/send/twilio-answer.ts";'],
  [ELSEWHERE, 'import twilio from "twilio";'],
  ["hub/a.ts", 'import type { Twilio } from "twilio";'],
  ["audit/a.ts", 'import twilio from "twilio";'],
  ["infra/a.ts", 'import RestClient from "twilio/lib/rest/Twilio.js";'],
  ["tools/a.ts", 'const { Twilio } = require("twilio");'],
  [ELSEWHERE, 'const twilio = await import("twilio");'],
  [ELSEWHERE, 'import MessagingResponse from "twilio/lib/twiml/MessagingResponse.js";'],
  [ELSEWHERE, 'import * as twilio from "@pulumi/twilio";'],
  ["policies/a.ts", 'import { ApiAccountsMessages } from "@pulumi/twilio";'],
])("an import is refused in %s: %s", (file, text) => {
  expect(problems(file, text)).not.toEqual([]);
});

test.each([
  'response.message("Hello.");',
  'response.sms("Hello.");',
  'response?.message("Hello.");',
  'response["message"]("Hello.");',
  'response["sms"]("Hello.");',
  'response.addChild("Message", {}).addText("Hello.");',
  'response["addChild"](name, {});',
  "const { addChild: add } = response;",
  "const send = response.sms;",
  "const { sms } = response;",
  "const { sms: send } = response;",
  'const twiml = "<Response><Message>Hello.</Message></Response>";',
  `const twiml = \`<Message to='\${to}'>\`;`,
  'const twiml = "<Mess" + "age>";',
  'const twiml = "<Sms>Hello.</Sms>";',
  'const twiml = "<sms>";',
])("TwiML that texts is refused in a handler: %s", (text) => {
  expect(problems(ELSEWHERE, text)).not.toEqual([]);
});

test.each([
  [POST_MESSAGE, 'import { redeem, type TextClearance } from "../gate/clearance.ts"; const path = "/Messages.json";'],
  [POST_MESSAGE, 'import { createOutcome, requestTwilio } from "./twilio-answer.ts";'],
  [FIND_CREATED, 'import { requestTwilio } from "./twilio-answer.ts"; requestTwilio(account, "/Messages.json");'],
  [PLACE_CALL, 'requestTwilio(account, "/Calls.json", { method: "POST", body });'],
  [POST_MESSAGE, 'requestTwilio(account, "/Messages.json", { method: "POST", body });'],
  [MEDIA, `const url = \`https://api.twilio.com/2010-04-01/Accounts/\${sid}/Recordings/\${recordingSid}.mp3\`;`],
  [TWILIO_ANSWER, `const url = \`https://api.twilio.com/2010-04-01/Accounts/\${sid}\${path}\`;`],
  [
    SENDER,
    'import { postMessage } from "../send/post-message.ts"; import type { CreateOutcome } from "../send/twilio-answer.ts";',
  ],
  [SENDER, 'import type { TextClearance } from "../gate/clearance.ts";'],
  [TEXT_GATE, 'import { clearText, type TextClearance } from "./clearance.ts";'],
  ["infra/a.ts", 'import * as twilio from "@pulumi/twilio";'],
  ["handlers/a.ts", 'import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";'],
  ["handlers/a.ts", 'import { validateBody } from "twilio/lib/webhooks/webhooks.js"; // "/Messages.json"'],
  ["handlers/a.ts", 'const said = error.message; const page = "https://www.twilio.com/docs/api/errors/30032";'],
  ["handlers/a.ts", 'const path = "/Calls.json"; const key = "messages"; const file = "./message.ts";'],
  ["hub/a.ts", 'const type = "twilio:index/apiAccountsMessages:ApiAccountsMessages";'],
])("the check takes in %s: %s", (file, text) => {
  expect(problems(file, text)).toEqual([]);
});

/** Which of these sources the lint rule alone refuses, by their paths. */
async function refusedByLint(sources: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "lint-"));
  try {
    const { vcs: _, ...config } = JSON.parse(textOf("biome.json"));
    for (const [file, text] of Object.entries({ "biome.json": JSON.stringify(config), ...sources })) {
      await mkdir(join(folder, dirname(file)), { recursive: true });
      await writeFile(join(folder, file), text);
    }
    const args = ["lint", "--only=style/noRestrictedImports", "--max-diagnostics=none", "--colors=off", "."];
    const { stdout, stderr } = spawnSync(BIOME, args, { cwd: folder, encoding: "utf8" });
    const named = [...`${stdout}${stderr}`.matchAll(/^(\S+):\d+:\d+ lint\/style\/noRestrictedImports/gm)];
    return [...new Set(named.map(([, file = ""]) => file))].toSorted();
  } finally {
    await rm(folder, { recursive: true });
  }
}

const BIOME = join(PROJECT, "node_modules", ".bin", "biome");

test("the lint rule refuses the same imports, and takes those of the files that need them", async () => {
  const imports = [
    'import * as all from "./outbound/gate/clearance.ts";',
    'const all = await import("./outbound/gate/clearance.ts");',
    'import { clearText } from "./outbound/gate/clearance.ts";',
    'import { redeem } from "./outbound/gate/clearance.js";',
    'import { requestTwilio } from "./outbound/send/twilio-answer.ts";',
    'import * as all from "./outbound/send/twilio-answer.ts";',
    'import { postMessage } from "./outbound/send/post-message.ts";',
    'import twilio from "twilio";',
  ];
  const refused = Object.fromEntries(imports.map((source, index) => [`handlers/refused-${index}.ts`, source]));
  const needed = [
    "handlers/outbound/queue/sender.ts",
    "handlers/outbound/gate/text-gate.ts",
    POST_MESSAGE,
    PLACE_CALL,
    FIND_CREATED,
  ];
  const taken = Object.fromEntries(needed.map((file) => [file, textOf(file)]));
  expect(await refusedByLint({ ...refused, ...taken })).toEqual(Object.keys(refused));
});
