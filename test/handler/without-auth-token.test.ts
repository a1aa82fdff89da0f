/**
 * With `hub:signing.authToken: refuse` the auth token is nowhere in the handler: neither its value nor its reference is in the release, the process, its logs,
 * the database or the spool. The same search finds it with `accept`, and finds the signing key's secret in memory.
 */
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { sendToServer } from "../../handlers/testing/hosts.ts";
import { CREDENTIALS, sign, type TestRequest } from "../../handlers/testing/manifest.ts";
import { signedByKey } from "../../handlers/testing/signing.ts";
import type { RunningHandler } from "../../tools/loopback/running-handler.ts";
import { databaseText } from "../support/handler/database-text.ts";
import { type HandlerSite, makeHandlerSite } from "../support/handler/handler-process.ts";
import { newWebhooks } from "../support/handler/new-webhooks.ts";
import { textsInMemory } from "../support/handler/process-memory.ts";
import { SITE_KEYS, signingSite } from "../support/handler/signing-site.ts";

const REFERENCE = "op://Aurora/twilio/auth-token";
const TOKEN = randomBytes(16).toString("hex");
const SIGNING_KEY = randomBytes(24).toString("hex");
const API_KEY_SID = `SK${randomBytes(16).toString("hex")}`;
const API_KEY_SECRET = randomBytes(16).toString("hex");
const GATE_FILE_KEY = randomBytes(32).toString("hex");
const SECRETS = [SIGNING_KEY, API_KEY_SECRET, GATE_FILE_KEY];
/** The auth token, in each form in which the handler could hold it. */
const AUTH_TOKEN = [
  TOKEN,
  REFERENCE,
  REFERENCE.slice("op://".length),
  Buffer.from(`${CREDENTIALS.accountSid}:${TOKEN}`).toString("base64"),
];

let site: HandlerSite | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
});

/** Starts a handler, and sends it webhooks that the token and the key signed. */
async function startAndUse(authToken: "accept" | "refuse") {
  const secrets = {
    signingKey: SIGNING_KEY,
    apiKeySid: API_KEY_SID,
    apiKeySecret: API_KEY_SECRET,
    gateFileKey: GATE_FILE_KEY,
  };
  const { config = {}, vault = {} } = signingSite(authToken, secrets);
  site = await makeHandlerSite({ config, vault: { ...vault, [REFERENCE]: TOKEN } });
  const handler = await site.start();
  const statuses = { token: new Set<number>(), key: new Set<number>() };
  const send = sendToServer(handler.port);
  for (const webhook of newWebhooks(site.manifest, 20)) {
    const url = `${site.manifest.hosts.canonical.url}${webhook.target}`;
    statuses.token.add((await send(signedByToken(webhook, url))).status);
    const signed = signedByKey(webhook, url, { ...SITE_KEYS.valid, secret: SIGNING_KEY });
    statuses.key.add((await send(signed)).status);
  }
  return { site, handler, statuses };
}

function signedByToken(webhook: TestRequest, url: string): TestRequest {
  const signature = sign(url, Object.fromEntries(new URLSearchParams(webhook.body)), TOKEN);
  return { ...webhook, headers: { ...webhook.headers, "x-twilio-signature": signature } };
}

/** Everything of the handler that somebody could read, by its name. Memory is searched apart. */
async function textsOf(site: HandlerSite, { processId, log }: RunningHandler): Promise<Map<string, string>> {
  const texts = new Map([["log", log.join("\n")]]);
  for (const name of ["environ", "cmdline"]) {
    texts.set(name, await readFile(`/proc/${processId}/${name}`, "latin1"));
  }
  for (const folder of [...site.releases, site.folder]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((found) => found.isFile())) {
      const path = join(entry.parentPath, entry.name);
      texts.set(path, await readFile(path, "latin1"));
    }
  }
  texts.set("database", await databaseText(site.environment.DATABASE_URL ?? ""));
  return texts;
}

/** The places of a text. */
const placesOf = (texts: ReadonlyMap<string, string>, wanted: readonly string[]) =>
  [...texts].filter(([, text]) => wanted.some((one) => text.includes(one))).map(([name]) => name);

test.runIf(process.platform === "linux")(
  "after refuse the auth token is found nowhere, and no secret is in a text",
  async () => {
    const { site: own, handler, statuses } = await startAndUse("refuse");
    expect(statuses).toEqual({ token: new Set([403]), key: new Set([200, 204]) });
    const texts = await textsOf(own, handler);
    // The search reads each place: what must be there is found there.
    expect(placesOf(texts, ["hub_unknown_signing_key_total"])).toEqual([expect.stringContaining("handler.mjs")]);
    expect(placesOf(texts, ['"listening"'])).toContain("log");
    expect(placesOf(texts, ["op://Aurora/twilio-hub/gate-file-key"])).toContainEqual(
      expect.stringMatching(/handler\.mjs$/),
    );
    expect(placesOf(texts, [CREDENTIALS.accountSid])).toContain("database");
    expect(placesOf(texts, ["LOOPBACK_OP_VAULT"])).toContain("environ");
    expect([...texts.keys()]).toContainEqual(expect.stringContaining("spool.sqlite"));
    expect(placesOf(texts, [...AUTH_TOKEN, ...SECRETS])).toEqual([]);
    expect(textsInMemory(handler.processId, [...AUTH_TOKEN, SIGNING_KEY])).toEqual([SIGNING_KEY]);
  },
);

test.runIf(process.platform === "linux")("control: the same search finds the auth token with accept", async () => {
  const { site: own, handler, statuses } = await startAndUse("accept");
  expect(statuses).toEqual({ token: new Set([200, 204]), key: new Set([200, 204]) });
  const texts = await textsOf(own, handler);
  expect(placesOf(texts, AUTH_TOKEN)).toEqual([expect.stringMatching(/handler\.mjs$/)]);
  expect(textsInMemory(handler.processId, [TOKEN, REFERENCE, SIGNING_KEY])).toEqual([TOKEN, REFERENCE, SIGNING_KEY]);
});
