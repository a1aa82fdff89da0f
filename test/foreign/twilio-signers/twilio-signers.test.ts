/**
 * Twilio's own libraries as signers and as validators. The handler must accept each webhook that a library signs over one of its URLs, and none
 * that a library refuses. A webhook that a library accepts and the handler refuses is a difference on purpose, with its reason in the table.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type RunningServer, startServer } from "../../../handlers/hosts/node-server.ts";
import { CREDENTIALS, type TestRequest, TOKEN, testManifest } from "../../../handlers/testing/manifest.ts";
import { createApp } from "../../../handlers/webhook/app.ts";
import { type HubStorage, startHubStorage } from "../../support/handler/hub-storage.ts";
import { sendWebhooks } from "../../support/handler/send-webhooks.ts";
import { sized } from "../../support/test-form.ts";
import { lacking, settle } from "../verdict.ts";
import { appHandler } from "./app-handler.ts";
import { ALTERATIONS, type Handler, judgeAltered, judgeSigned } from "./judge.ts";
import type { Library, Signable } from "./library.ts";
import { NODE_LIBRARY } from "./node-library.ts";
import { hasPythonLibrary, PYTHON_LIBRARY } from "./python-library.ts";
import { type RandomWebhook, randomWebhooks } from "./random-webhooks.ts";

const WEBHOOKS = sized(1_000, 6_000);
/** Each alteration is tried on so many webhooks. */
const ALTERED = sized(20, 50) * ALTERATIONS.length;
const CONNECTIONS = 32;
/** The handler reads longer bodies slowly, all together. It takes them if they come one by one, and gives up on a flood of them. */
const LONG_BYTES = 8 * 1024;

const isTherePython = hasPythonLibrary();
const python = lacking("Python with PyPI's twilio", isTherePython);

const manifest = testManifest();
let storage: HubStorage;
let server: RunningServer;
beforeAll(async () => {
  if (!isTherePython) process.stdout.write(`${PYTHON_LIBRARY.judge}${python}\n`);
  storage = await startHubStorage();
  const app = createApp({ manifest, credentials: CREDENTIALS, store: storage.store, answerDeadlineMs: 60_000 });
  server = await startServer({ app, port: 0 });
});
afterAll(async () => {
  await server.close();
  await storage.close();
});
/** The handler's log of so many webhooks would hide the verdict. */
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

/** The handler's server and Postgres, over HTTP. */
const overHttp: Handler = {
  manifest,
  answer: async (requests) => {
    const isLong = ({ body = "" }: TestRequest) => body.length > LONG_BYTES;
    const { port } = server;
    const outcomes = [
      ...(await sendWebhooks(
        requests.filter((request) => !isLong(request)),
        { port, connections: CONNECTIONS },
      )),
      ...(await sendWebhooks(requests.filter(isLong), { port, connections: 1 })),
    ];
    const byRequest = new Map(outcomes.map((outcome) => [outcome.request, outcome]));
    return requests.map((request) => byRequest.get(request) ?? { status: undefined, body: "" });
  },
};

/** The handler's app alone, with the given auth tokens, which keeps nothing. */
function appWith(...tokens: string[]): Handler {
  return appHandler(manifest, { ...CREDENTIALS, authTokens: tokens.map((token) => ({ token })) });
}

/** The events that are stored, as `kind SID`. */
async function storedEvents(): Promise<string[]> {
  const { rows } = await storage.pool.query<{ event: string }>("select kind || ' ' || sid as event from omni_events");
  return rows.map(({ event }) => event);
}

const eventOf = ({ to, sid }: RandomWebhook) => `${to.route.event} ${sid}`;

async function judge(library: Library): Promise<void> {
  const webhooks = randomWebhooks(manifest, WEBHOOKS);
  const before = await storedEvents();
  const signed = await judgeSigned(library, overHttp, webhooks);
  expect(signed.faults).toEqual([]);
  const stored = new Set(await storedEvents());
  for (const event of before) stored.delete(event);
  expect(stored).toEqual(new Set(webhooks.map(eventOf)));

  const altered = await judgeAltered(library, overHttp, randomWebhooks(manifest, ALTERED));
  expect(altered.faults).toEqual([]);
  const differing = [...altered.differing, ...(await emptyToken(library))];
  vi.restoreAllMocks();
  settle(library.judge, { tried: signed.tried + altered.tried + 1, differing });
}

/** An application without a token: everybody can sign for it, and the handler does not start. */
async function emptyToken(library: Library): Promise<string[]> {
  const [webhook] = randomWebhooks(manifest, 1);
  if (webhook === undefined) throw new Error("no webhook");
  const key = { token: "" };
  const [signature = ""] = await library.sign([webhook], key);
  const [isAccepted] = await library.accepts([{ ...webhook, signature }], key);
  expect(() => appWith("")).toThrow(/auth token/);
  return isAccepted === true ? ["an application whose token is empty"] : [];
}

test("Twilio's Node.js library and the handler agree", { timeout: 900_000 }, () => judge(NODE_LIBRARY));

test.skipIf(!isTherePython)(`Twilio's Python library and the handler agree${python}`, { timeout: 900_000 }, () =>
  judge(PYTHON_LIBRARY),
);

test.skipIf(!isTherePython)(`what Twilio's Python library signs with HMAC-SHA256 is refused${python}`, async () => {
  const webhooks = randomWebhooks(manifest, 20);
  const { faults } = await judgeSigned(PYTHON_LIBRARY, appWith(TOKEN), webhooks, {
    token: TOKEN,
    algorithm: "HMAC_SHA256",
  });
  expect(new Set(faults.map((fault) => fault.split(" at ", 1)[0]))).toEqual(new Set(webhooks.map(({ url }) => url)));
});

/** A library that signs something else than it was given. */
function faulty(change: (webhook: Signable) => Signable, token = TOKEN): Library {
  return { ...NODE_LIBRARY, sign: (webhooks) => NODE_LIBRARY.sign(webhooks.map(change), { token }) };
}

test.each<[string, Library]>([
  ["another key", faulty((webhook) => webhook, "another")],
  [
    "one byte of the URL",
    faulty((webhook) => ({ ...webhook, url: webhook.url.replace("reri", "rerj").replace("srv1", "srv2") })),
  ],
  ["the default port", faulty((webhook) => ({ ...webhook, url: webhook.url.replace(/(?<=\.(co|net))/, ":443") }))],
])("a signer with a seeded fault is found: %s", async (_what, library) => {
  const webhooks = randomWebhooks(manifest, 30);
  const { faults } = await judgeSigned(library, appWith(TOKEN), webhooks);
  expect(new Set(faults.map((fault) => fault.split(" at ", 1)[0]))).toEqual(new Set(webhooks.map(({ url }) => url)));
});

test("a handler with a seeded fault is found: it trusts another token too", async () => {
  const handler = appWith(TOKEN, `${TOKEN}2`);
  const { faults } = await judgeAltered(NODE_LIBRARY, handler, randomWebhooks(manifest, ALTERATIONS.length * 2));
  expect(new Set(faults.map((fault) => fault.split(":", 1)[0]))).toEqual(new Set(["signed with another token"]));
});
