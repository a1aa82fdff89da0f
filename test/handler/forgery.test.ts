import { afterAll, beforeAll, expect, test } from "vitest";
import { CREDENTIALS, formWebhook, sign, type TestRequest } from "../../handlers/testing/manifest.ts";
import { manifestUrls } from "../../hub/urls/urls.ts";
import { type HandlerSite, handlerMetric, makeHandlerSite } from "../support/handler/handler-process.ts";
import { newWebhooks } from "../support/handler/new-webhooks.ts";
import { sendWebhooks } from "../support/handler/send-webhooks.ts";
import { sized } from "../support/test-form.ts";

const FORGERIES = sized(20_000, 100_000);
const CONNECTIONS = 32;
/** The limit of the process's growth over the second half, in bytes. It is about 420 bytes per request. */
const GROWTH = 20 * 1024 * 1024;

let site: HandlerSite;
beforeAll(async () => {
  site = await makeHandlerSite();
});
afterAll(() => site.close());

/** Forgeries that somebody could make from a genuine webhook. */
const FORGERS: readonly ((seen: TestRequest, index: number) => TestRequest)[] = [
  function wrongToken(seen) {
    return signedAs(seen, sign(`https://webhook.reri.co${seen.target}`, parametersOf(seen), "another-token"));
  },
  function emptyToken(seen) {
    return signedAs(seen, sign(`https://webhook.reri.co${seen.target}`, parametersOf(seen), ""));
  },
  function changedByte(seen, index) {
    const body = seen.body ?? "";
    // Change a letter or digit in a parameter's value.
    const places = [...body.matchAll(/[0-9a-z](?=[0-9a-zA-Z]*(&|$))/g)].map(({ index: at }) => at);
    const at = places[index % places.length] ?? 0;
    const changed = body[at] === "0" ? "1" : "0";
    return { ...seen, body: `${body.slice(0, at)}${changed}${body.slice(at + 1)}` };
  },
  function anotherPath(seen, index) {
    const others = manifestUrls(site.manifest).flatMap(({ deliveredAs }) => deliveredAs);
    const different = [...new Set(others)].filter((path) => path !== seen.target);
    return { ...seen, target: different[index % different.length] ?? "/" };
  },
  function movedBorder(seen) {
    // The signed string stays the same: the path's end becomes the start of the first parameter's name.
    const { AccountSid = "", ...others } = parametersOf(seen);
    const at = seen.target.lastIndexOf("/");
    const name = `${seen.target.slice(at)}AccountSid`;
    return {
      ...seen,
      target: seen.target.slice(0, at),
      body: new URLSearchParams({ [name]: AccountSid, ...others }).toString(),
    };
  },
  function nameMovedIntoQuery(seen) {
    const { AccountSid = "", ...others } = parametersOf(seen);
    const query = `?turn=1AccountSid${AccountSid}`;
    const url = `https://webhook.reri.co${seen.target}?turn=1`;
    const moved = { ...seen, target: `${seen.target}${query}`, body: new URLSearchParams(others).toString() };
    return signedAs(moved, sign(url, { AccountSid, ...others }));
  },
  function valueMovedIntoName(seen) {
    const { AccountSid = "", ...others } = parametersOf(seen);
    const body = new URLSearchParams({ [`AccountSid${AccountSid.slice(0, 4)}`]: AccountSid.slice(4), ...others });
    return { ...seen, body: body.toString() };
  },
  (seen, index) => signedAs(seen, signatureOf(seen).slice(0, index % 28)),
  (seen) => signedAs(seen, `${signatureOf(seen)}=`),
  (seen) => signedAs(seen, `${signatureOf(seen)}, ${signatureOf(seen)}`),
  function unsigned(seen) {
    const { "x-twilio-signature": _, ...headers } = seen.headers;
    return {
      ...seen,
      headers: { ...headers, "x-original-signature": signatureOf(seen), authorization: signatureOf(seen) },
    };
  },
  function empty(seen) {
    return { ...seen, body: "" };
  },
  function anotherHost(seen, index) {
    const hosts = ["evil.example", "webhook.reri.co:443", "webhook.reri.co.", "127.0.0.1", "[::1]"];
    const host = hosts[index % hosts.length] ?? "";
    const forged = formWebhook(`https://evil.example${seen.target}`, parametersOf(seen));
    const headers = {
      host,
      "x-forwarded-host": "evil.example",
      "x-forwarded-proto": "https",
      forwarded: "host=evil.example",
    };
    return { ...forged, headers: { ...forged.headers, ...headers } };
  },
  function rewrittenPath(seen) {
    return {
      ...seen,
      target: "/",
      headers: { ...seen.headers, "x-original-url": seen.target, "x-rewrite-url": seen.target },
    };
  },
  function anotherMethod(seen) {
    return { ...seen, method: "PUT", headers: { ...seen.headers, "x-http-method-override": "POST" } };
  },
  function anotherType(seen) {
    return { ...seen, headers: { ...seen.headers, "content-type": "text/plain" } };
  },
  function jsonInstead(seen) {
    const body = JSON.stringify(parametersOf(seen));
    return { ...seen, body, headers: { ...seen.headers, "content-type": "application/json" } };
  },
  function anotherAccount(seen) {
    const parameters = { ...parametersOf(seen), AccountSid: CREDENTIALS.accountSid.replace("1", "2") };
    return formWebhook(`https://webhook.reri.co${seen.target}`, parameters);
  },
];

test(`of ${FORGERIES} forged requests none is accepted or stored, and memory does not grow`, {
  timeout: 240_000,
}, async () => {
  const handler = await site.start();
  const seen = newWebhooks(site.manifest, 100);
  const forge = (from: number, to: number) =>
    (function* forgeries() {
      for (let index = from; index < to; index += 1) {
        const forger = FORGERS[index % FORGERS.length];
        const genuine = seen[Math.floor(index / FORGERS.length) % seen.length];
        if (forger !== undefined && genuine !== undefined) yield forger(genuine, index);
      }
    })();
  const memory = async () => handlerMetric(handler, "process_resident_memory_bytes");
  const statuses = new Map<number | undefined, number>();
  const attack = async (from: number, to: number) => {
    for (let at = from; at < to; at += 10_000) {
      const outcomes = await sendWebhooks(forge(at, Math.min(at + 10_000, to)), {
        port: handler.port,
        connections: CONNECTIONS,
      });
      for (const { status, body } of outcomes) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect(body).toBe("");
      }
    }
  };
  await attack(0, FORGERIES / 2);
  const halfway = await memory();
  await attack(FORGERIES / 2, FORGERIES);
  expect((await memory()) - halfway).toBeLessThan(GROWTH);
  expect([...statuses.keys()].sort()).toEqual([403, 405, 415]);
  expect([...statuses.values()].reduce((sum, count) => sum + count)).toBe(FORGERIES);
  for (const table of ["processed_webhook_events", "omni_events", "twilio_calls", "twilio_sms", "twilio_recordings"]) {
    expect([table, await site.count(`select count(*) from ${table}`)]).toEqual([table, 0]);
  }
  // The same handler still accepts genuine webhooks.
  const genuine = await sendWebhooks(seen, { port: handler.port, connections: CONNECTIONS });
  expect(new Set(genuine.map(({ status }) => status))).toEqual(new Set([200, 204]));
});

function parametersOf({ body }: TestRequest): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body));
}

function signatureOf({ headers }: TestRequest): string {
  return headers["x-twilio-signature"] ?? "";
}

function signedAs(request: TestRequest, signature: string): TestRequest {
  return { ...request, headers: { ...request.headers, "x-twilio-signature": signature } };
}
