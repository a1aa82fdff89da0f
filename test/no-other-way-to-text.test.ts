/**
 * A text leaves through `handlers/outbound/send/post-message.ts` alone, and that module accepts nothing but the gate's clearance. The rules hold for
 * every source file except tests and the rooms that reach 127.0.0.1 alone:
 * - Only that module may hold the path of Twilio's Messages. `find-created.ts` may list them with GET.
 * - Only the files that send requests to Twilio may hold one of its hosts, and each only its own URLs: each host has its own ways to text.
 *   `place-call.ts` posts to the calls. `recordings/media.ts`, `registrations/twilio-get.ts` and
 *   `tools/adopt/twilio-numbers.ts` send GET requests alone.
 *   `infra/vendors/webhooks-request.ts` reaches the host of the signing Rules alone, which cannot text.
 * - Only the sender imports that module, only the gate makes a clearance, and only the three files that send requests to Twilio import
 *   `requestTwilio`. Of these modules, other files may import only types, `createOutcome` and a time-out.
 * - Of npm's `twilio` only the webhook check and the voice half of TwiML may be imported. `@pulumi/twilio`, whose resources can text, is for infra.
 * - No TwiML answers with a text.
 *
 * The lint rule in `biome.json` shows the two packages in an editor. It holds nothing that this test does not hold.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { projectFiles } from "./support/rules/project-files.ts";
import {
  CLEARANCE,
  FIND_CREATED,
  isChecked,
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
  TWILIO_GET,
  textsOf,
  WEBHOOKS_REQUEST,
} from "./support/rules/ways-to-text.ts";

const PROJECT = join(import.meta.dirname, "..");

const textOf = (file: string) => readFileSync(join(PROJECT, file), "utf8");

/** The files to check, tracked or about to be. */
const sourceFiles = () => projectFiles(isChecked, true);

test("there is no other way to text", () => {
  const files = sourceFiles();
  for (const file of [
    POST_MESSAGE,
    PLACE_CALL,
    FIND_CREATED,
    NUMBER_SIDS,
    TWILIO_ANSWER,
    CLEARANCE,
    MEDIA,
    TWILIO_GET,
    WEBHOOKS_REQUEST,
  ])
    expect(files).toContain(file);
  for (const room of ["handlers", "hub", "infra", "policies", "tools", "vitest.config.ts"])
    expect(files.map((file) => file.split("/")[0])).toContain(room);
  expect(files.flatMap((file) => problems(file, textOf(file)))).toEqual([]);
});

test("every exception is needed", () => {
  for (const file of MAY_NAME_MESSAGES) expect(textsOf(textOf(file)).some(namesMessages), file).toBe(true);
  for (const [file, own] of Object.entries(MAY_NAME_TWILIO))
    expect(new Set(textsOf(textOf(file)).filter(namesTwilio)), file).toEqual(new Set(own));
});

test("a source is checked whatever its ending and its folder; a test and a room without access are not", () => {
  const names = ["a.ts", "a.mts", "a.cts", "a.tsx", "a.js", "a.mjs", "a.cjs", "a.jsx"];
  const files = names.flatMap((name) => [name, `handlers/${name}`, `attic/${name}`]);
  expect(files.filter((file) => !isChecked(file))).toEqual([]);
  const others = ["handlers/a.test.ts", "tools/engine/cli/go.mod", "bench/a.ts", "loopback/a.ts", "test/support/a.ts"];
  expect([...others, "sdks/twilio/a.ts"].filter(isChecked)).toEqual([]);
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
  [TWILIO_GET, 'await send(url, { method: "POST" });'],
  [TWILIO_GET, "await send(url, { body });"],
  [TWILIO_GET, `await send(url, { [name]: "POST" });`],
  [TWILIO_GET, `const url = \`https://api.twilio.com\${path}\`;`],
  [TWILIO_GET, `const url = \`https://\${host}.twilio.com\${path}\`;`],
  [ELSEWHERE, `const url = \`https://messaging.twilio.com\${path}\`;`],
  [WEBHOOKS_REQUEST, `const url = \`https://\${product}.twilio.com/v1/Webhooks/\${path}?\${query}\`;`],
  [WEBHOOKS_REQUEST, 'const url = new URL("https://messaging.twilio.com/v1/Services");'],
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
  [SENDER, 'import { CLEARANCE_LIFE_MS } from "../gate/clearance.ts";'],
  [TEXT_GATE, 'import { redeem } from "./clearance.ts";'],
  [TEXT_GATE, 'import { aNewExport } from "./clearance.ts";'],
  [TEXT_GATE, 'import * as clearance from "./clearance.ts";'],
  [SENDER, 'import * as post from "../send/post-message.ts";'],
  [SENDER, 'import { aNewExport } from "../send/post-message.ts";'],
  [ELSEWHERE, 'import "../outbound/send/post-message.ts";'],
  [ELSEWHERE, 'import {} from "../outbound/send/post-message.ts";'],
  [SENDER, 'import clearance from "../gate/clearance.ts";'],
  [SENDER, 'import clearance, { type TextClearance } from "../gate/clearance.ts";'],
  [SENDER, 'const clearance = await import("../gate/clearance.ts");'],
  [SENDER, 'import clearance = require("../gate/clearance.ts");'],
  [POST_MESSAGE, 'import { clearText } from "../gate/clearance.ts";'],
  [TEXT_GATE, 'export { clearText } from "./clearance.ts";'],
  [TEXT_GATE, 'import { clearText } from "./clearance.ts"; export { clearText };'],
  [TEXT_GATE, 'export * from "./clearance.ts";'],
  [SENDER, 'import { requestTwilio } from "../send/twilio-answer.ts";'],
  [SENDER, 'import { aNewExport } from "../send/twilio-answer.ts";'],
  [PLACE_CALL, 'import * as twilio from "./twilio-answer.ts";'],
  [PLACE_CALL, 'export { requestTwilio } from "./twilio-answer.ts";'],
  [ELSEWHERE, 'export * from "../outbound/send/twilio-answer.ts";'],
  ["vitest.config.ts", 'import { postMessage } from "./handlers/outbound/send/post-message.ts";'],
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
  [TWILIO_GET, `const url = \`https://messaging.twilio.com\${path}\`;`],
  [TWILIO_ANSWER, `const url = \`https://api.twilio.com/2010-04-01/Accounts/\${sid}\${path}\`;`],
  [
    SENDER,
    'import { postMessage } from "../send/post-message.ts"; import type { CreateOutcome } from "../send/twilio-answer.ts";',
  ],
  [SENDER, 'import type { TextClearance } from "../gate/clearance.ts";'],
  [ELSEWHERE, 'export type { ClearedText } from "../outbound/gate/clearance.ts";'],
  [
    ELSEWHERE,
    'import { CREATE_TIMEOUT_MS, createOutcome, type TwilioAccount } from "../outbound/send/twilio-answer.ts";',
  ],
  [TEXT_GATE, 'import { clearText, type TextClearance } from "./clearance.ts";'],
  ["infra/a.ts", 'import * as twilio from "@pulumi/twilio";'],
  ["handlers/a.ts", 'import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";'],
  ["handlers/a.ts", 'import { validateBody } from "twilio/lib/webhooks/webhooks.js"; // "/Messages.json"'],
  ["handlers/a.ts", 'const said = error.message; const page = "https://www.twilio.com/docs/api/errors/30032";'],
  ["handlers/a.ts", 'const path = "/Calls.json"; const key = "messages"; const file = "./message.ts";'],
  ["hub/a.ts", 'const type = "twilio:index/apiAccountsMessages:ApiAccountsMessages";'],
])("the check accepts in %s: %s", (file, text) => {
  expect(problems(file, text)).toEqual([]);
});

/** The paths of the sources that the lint rule refuses. */
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

test("the lint rule refuses the packages that can text, and accepts the imports that files need", async () => {
  const refused = {
    "handlers/refused-0.ts": 'import twilio from "twilio";',
    "handlers/refused-1.ts": 'import RestClient from "twilio/lib/rest/Twilio.js";',
    "handlers/refused-2.ts": 'const twilio = await import("twilio");',
    "handlers/refused-3.ts": 'import * as twilio from "@pulumi/twilio";',
    "infra/refused.ts": 'import twilio from "twilio";',
    "refused.ts": 'import type { Provider } from "@pulumi/twilio/provider.js";',
  };
  const needed = ["handlers/call/twiml.ts", "handlers/twilio/signature.ts", "infra/vendors/numbers.ts"];
  const accepted = Object.fromEntries(needed.map((file) => [file, textOf(file)]));
  for (const text of Object.values(accepted)) expect(text).toMatch(/from "(@pulumi\/)?twilio/);
  expect(await refusedByLint({ ...refused, ...accepted })).toEqual(Object.keys(refused));
});
