/** Forged signatures of signing keys, over HTTP to a handler in its own process that accepts a key and the auth token. */
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SigningSecret } from "../../handlers/start/credentials.ts";
import { eventually } from "../../handlers/testing/eventually.ts";
import { sendToServer } from "../../handlers/testing/hosts.ts";
import { sign, type TestRequest, TOKEN } from "../../handlers/testing/manifest.ts";
import { signedByKey } from "../../handlers/testing/signing.ts";
import { type HandlerSite, makeHandlerSite } from "../support/handler/handler-process.ts";
import { newWebhooks } from "../support/handler/new-webhooks.ts";
import { sendWebhooks } from "../support/handler/send-webhooks.ts";
import { SITE_KEYS, signingSite } from "../support/handler/signing-site.ts";
import { sized } from "../support/test-form.ts";

const FORGERIES = sized(8_000, 100_000);
const CONNECTIONS = 32;
const SETTINGS = "x-twilio-webhooks-signature-settings";
const SIGNATURE = "x-twilio-signature";
const { valid, expired, early, unknown } = SITE_KEYS;

let site: HandlerSite;
let port = 0;
let adminPort: number | undefined;
beforeAll(async () => {
  site = await makeHandlerSite(signingSite("accept"));
  ({ port, adminPort } = await site.start());
});
afterAll(() => site.close());

const urlOf = ({ target }: TestRequest) => `${site.manifest.hosts.canonical.url}${target}`;
const byKey = (seen: TestRequest, key: SigningSecret) => signedByKey(seen, urlOf(seen), key);
const withHeaders = (request: TestRequest, changes: Readonly<Record<string, string>>): TestRequest => ({
  ...request,
  headers: { ...request.headers, ...changes },
});
const without = (request: TestRequest, name: string): TestRequest => ({
  ...request,
  headers: Object.fromEntries(Object.entries(request.headers).filter(([header]) => header !== name)),
});
const headerOf = (request: TestRequest, name: string) => request.headers[name] ?? "";
const parametersOf = ({ body }: TestRequest) => Object.fromEntries(new URLSearchParams(body));
/** The webhook as the valid key signs it, with some headers computed from its own. */
const spoiled = (seen: TestRequest, spoil: (signed: TestRequest) => Readonly<Record<string, string>>) => {
  const signed = byKey(seen, valid);
  return withHeaders(signed, spoil(signed));
};
/** A signature of the webhook, under any header. */
const signedAs = (
  seen: TestRequest,
  algorithm: "HMAC_SHA1" | "HMAC_SHA256",
  secret: string,
  settings: string,
): TestRequest =>
  withHeaders(seen, {
    [SIGNATURE]: sign(urlOf(seen), parametersOf(seen), secret, algorithm),
    [SETTINGS]: settings,
  });

const SHA256 = `key=${valid.id},algorithm=HMAC_SHA256`;
const SHA1 = `key=${valid.id},algorithm=HMAC_SHA1`;

/** Forgeries of a genuine webhook, which the auth token signed. */
const FORGERS: readonly (readonly [string, (seen: TestRequest, index: number) => TestRequest])[] = [
  ["an unknown key", (seen) => byKey(seen, unknown)],
  ["an expired key", (seen) => byKey(seen, expired)],
  ["a key whose time has not come", (seen) => byKey(seen, early)],
  ["the valid key's ID over another key's signature", (seen) => byKey(seen, { ...early, id: valid.id })],
  ["another key's ID over the valid key's signature", (seen) => byKey(seen, { ...valid, id: early.id })],
  ["an unknown ID over the valid key's signature", (seen) => byKey(seen, { ...valid, id: unknown.id })],
  ["the right key with the other algorithm", (seen) => signedAs(seen, "HMAC_SHA1", valid.secret, SHA1)],
  ["a signature of SHA-1 under the key's header", (seen) => signedAs(seen, "HMAC_SHA1", valid.secret, SHA256)],
  ["a signature of SHA-256 under HMAC_SHA1", (seen) => signedAs(seen, "HMAC_SHA256", valid.secret, SHA1)],
  ["no algorithm", (seen) => signedAs(seen, "HMAC_SHA1", valid.secret, `key=${valid.id}`)],
  ["an algorithm none", (seen) => signedAs(seen, "HMAC_SHA256", valid.secret, `key=${valid.id},algorithm=none`)],
  ["the token's signature under the key's header", (seen) => withHeaders(seen, { [SETTINGS]: SHA256 })],
  ["the token's signature under HMAC_SHA1", (seen) => withHeaders(seen, { [SETTINGS]: SHA1 })],
  ["the token with SHA-256 under the key's header", (seen) => signedAs(seen, "HMAC_SHA256", TOKEN, SHA256)],
  ["the token's signature under an empty header", (seen) => withHeaders(seen, { [SETTINGS]: "" })],
  ["the key's signature without its header", (seen) => without(byKey(seen, valid), SETTINGS)],
  ["the key with SHA-1 and no header", (seen) => without(signedAs(seen, "HMAC_SHA1", valid.secret, ""), SETTINGS)],
  ["the header without a signature", (seen) => without(byKey(seen, valid), SIGNATURE)],
  ["two headers joined", (seen) => spoiled(seen, () => ({ [SETTINGS]: `${SHA256}, ${SHA256}` }))],
  ["two keys", (seen) => spoiled(seen, () => ({ [SETTINGS]: `key=${unknown.id},${SHA256}` }))],
  ["two algorithms", (seen) => spoiled(seen, () => ({ [SETTINGS]: `${SHA256},algorithm=HMAC_SHA1` }))],
  ["another order", (seen) => spoiled(seen, () => ({ [SETTINGS]: `algorithm=HMAC_SHA256,key=${valid.id}` }))],
  ["a blank", (seen) => spoiled(seen, () => ({ [SETTINGS]: SHA256.replace(",", ", ") }))],
  ["a header in upper case", (seen) => spoiled(seen, () => ({ [SETTINGS]: SHA256.toUpperCase() }))],
  [
    "an ID in upper case",
    (seen) => spoiled(seen, () => ({ [SETTINGS]: SHA256.replace(valid.id, valid.id.toUpperCase()) })),
  ],
  [
    "an algorithm in lower case",
    (seen) => spoiled(seen, () => ({ [SETTINGS]: SHA256.replace("HMAC_SHA256", "hmac_sha256") })),
  ],
  ["a cut ID", (seen) => spoiled(seen, () => ({ [SETTINGS]: SHA256.replace(valid.id, valid.id.slice(0, -1)) }))],
  [
    "a signature in upper case",
    (seen) => spoiled(seen, (signed) => ({ [SIGNATURE]: `A${headerOf(signed, SIGNATURE).slice(1).toUpperCase()}` })),
  ],
  [
    "a cut signature",
    (seen, index) => spoiled(seen, (signed) => ({ [SIGNATURE]: headerOf(signed, SIGNATURE).slice(0, index % 44) })),
  ],
  ["a longer signature", (seen) => spoiled(seen, (signed) => ({ [SIGNATURE]: `${headerOf(signed, SIGNATURE)}=` }))],
  [
    "a signature twice",
    (seen) =>
      spoiled(seen, (signed) => ({ [SIGNATURE]: `${headerOf(signed, SIGNATURE)}, ${headerOf(signed, SIGNATURE)}` })),
  ],
  ["an empty secret", (seen) => byKey(seen, { ...valid, secret: "" })],
  ["the ID as the secret", (seen) => byKey(seen, { ...valid, secret: valid.id })],
  ["another secret", (seen, index) => byKey(seen, { ...valid, secret: `another-${index}` })],
  [
    "another path",
    (seen) => ({ ...byKey(seen, valid), target: seen.target === "/sms/status" ? "/voice/status" : "/sms/status" }),
  ],
  [
    "another value",
    (seen) => {
      const signed = byKey(seen, valid);
      return { ...signed, body: `${signed.body ?? ""}1` };
    },
  ],
  [
    "a moved border",
    (seen) => {
      const signed = byKey(seen, valid);
      const { AccountSid = "", ...others } = parametersOf(seen);
      const at = seen.target.lastIndexOf("/");
      const body = new URLSearchParams({ [`${seen.target.slice(at)}AccountSid`]: AccountSid, ...others }).toString();
      return { ...signed, target: seen.target.slice(0, at), body };
    },
  ],
];

test("control: the handler accepts the key with its header and the token without one", async () => {
  const [first, second] = newWebhooks(site.manifest, 2);
  if (first === undefined || second === undefined) throw new Error("no webhooks");
  const send = sendToServer(port);
  expect(await send(byKey(first, valid))).toMatchObject({ status: 200 });
  expect(await send(second)).toMatchObject({ status: 204 });
});

test.each(FORGERS)("a webhook with %s is refused", async (_what, forge) => {
  const send = sendToServer(port);
  for (const [index, seen] of newWebhooks(site.manifest, 5).entries()) {
    expect(await send(forge(seen, index))).toMatchObject({ status: 403, body: "" });
  }
});

test.each([
  ["the same header", SHA256],
  ["the header of another key", `key=${unknown.id},algorithm=HMAC_SHA256`],
  ["an empty header", ""],
])("a webhook with two header lines is refused: %s beside the right one", async (_what, other) => {
  const [seen] = newWebhooks(site.manifest, 1);
  if (seen === undefined) throw new Error("no webhook");
  const { target: path, method, headers, body } = byKey(seen, valid);
  for (const lines of [
    [SHA256, other],
    [other, SHA256],
  ]) {
    const outgoing = httpRequest({ port, host: "127.0.0.1", path, method, headers: { ...headers, [SETTINGS]: lines } });
    outgoing.end(body);
    const [incoming] = await once(outgoing, "response");
    incoming.resume();
    expect(incoming.statusCode).toBe(403);
  }
});

test(`of ${FORGERIES} forgeries none is accepted or stored, and genuine webhooks are`, {
  timeout: 240_000,
}, async () => {
  const tables = ["processed_webhook_events", "omni_events", "twilio_calls", "twilio_sms"];
  const stored = () => Promise.all(tables.map((table) => site.count(`select count(*) from ${table}`)));
  const before = await stored();
  const seen = newWebhooks(site.manifest, 100);
  const forgeries = function* () {
    for (let index = 0; index < FORGERIES; index += 1) {
      const [, forge] = FORGERS[index % FORGERS.length] ?? [];
      const genuine = seen[Math.floor(index / FORGERS.length) % seen.length];
      if (forge !== undefined && genuine !== undefined) yield forge(genuine, index);
    }
  };
  const statuses = new Map<number | undefined, number>();
  for (const { status } of await sendWebhooks(forgeries(), { port, connections: CONNECTIONS })) {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect(statuses).toEqual(new Map([[403, FORGERIES]]));
  expect(await stored()).toEqual(before);
  const signed = seen.map((webhook, index) => (index % 2 === 0 ? webhook : byKey(webhook, valid)));
  const genuine = await sendWebhooks(signed, { port, connections: CONNECTIONS });
  expect(new Set(genuine.map(({ status }) => status))).toEqual(new Set([200, 204]));
});

test("people are told of the keys that were named, three a day, and no key of a forger's is a label of a metric", async () => {
  const forged = [unknown, expired, early].flatMap((key) =>
    newWebhooks(site.manifest, 3).map((seen) => byKey(seen, key)),
  );
  await sendWebhooks(forged, { port, connections: 1 });
  const told = () =>
    site.cloud.discord.state.messages.flatMap(({ content }) => (content?.includes("signing key") ? [content] : []));
  await eventually(async () => expect(told()).toHaveLength(3));
  for (const { id } of [unknown, expired, early]) expect(told().join("\n")).toContain(`\`${id}\``);
  expect(told().every((content) => content.includes("it may be forged"))).toBe(true);
  const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  const labels = [...metrics.matchAll(/^hub_unknown_signing_key_total\{(.*)\} [1-9]/gm)].map(([, label]) => label);
  // The expired key was not read at the start.
  expect(labels.toSorted()).toEqual(['reason="not yet valid"', 'reason="unknown"']);
  const signers = [...metrics.matchAll(/^hub_webhook_signed_total\{by="([^"]*)"/gm)].map(([, by]) => by);
  expect(new Set(signers)).toEqual(new Set(["auth-token", valid.id, early.id]));
});
