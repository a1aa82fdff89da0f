/**
 * Twilio's own libraries as signers with SharedKeys and HMAC-SHA256. The handler must accept each webhook over its own URL, and none over another, by
 * another key, or with another algorithm than the key's.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Credentials } from "../../../handlers/start/credentials.ts";
import { TOKEN, testManifest } from "../../../handlers/testing/manifest.ts";
import { BOTH, KEY_ONLY, OTHER_SIGNING_KEY, SIGNING_KEY } from "../../../handlers/testing/signing.ts";
import { sized } from "../../support/test-form.ts";
import { lacking } from "../verdict.ts";
import { appHandler } from "./app-handler.ts";
import { judgeSigned } from "./judge.ts";
import type { Key, Library } from "./library.ts";
import { NODE_LIBRARY } from "./node-library.ts";
import { hasPythonLibrary, PYTHON_LIBRARY } from "./python-library.ts";
import { randomWebhooks } from "./random-webhooks.ts";

const WEBHOOKS = sized(300, 5_000);
/** So many webhooks are answered at once. */
const BATCH = 250;
const manifest = testManifest();
const isTherePython = hasPythonLibrary();
const python = lacking("Python with PyPI's twilio", isTherePython);

const keyOf = ({ id, secret }: typeof SIGNING_KEY): Key => ({ token: secret, algorithm: "HMAC_SHA256", id });

/** The handler's log of so many webhooks would hide the verdict. */
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

async function judge(library: Library): Promise<void> {
  let tried = 0;
  for (let sent = 0; sent < WEBHOOKS; sent += BATCH) {
    const handler = appHandler(manifest, sent % (2 * BATCH) === 0 ? KEY_ONLY : BOTH);
    const webhooks = randomWebhooks(manifest, Math.min(BATCH, WEBHOOKS - sent));
    const verdict = await judgeSigned(library, handler, webhooks, keyOf(SIGNING_KEY));
    expect(verdict.faults).toEqual([]);
    tried += verdict.tried;
  }
  vi.restoreAllMocks();
  process.stdout.write(`${library.judge} with SharedKeys: ${WEBHOOKS} webhooks, ${tried} requests tried\n`);
}

test("the handler takes what Twilio's Node.js library signs with a SharedKey", { timeout: 900_000 }, () =>
  judge(NODE_LIBRARY),
);

test.skipIf(!isTherePython)(
  `the handler takes what Twilio's Python library signs with a SharedKey${python}`,
  { timeout: 900_000 },
  () => judge(PYTHON_LIBRARY),
);

test.each<[string, Key, Credentials]>([
  ["another key than the header names", { ...keyOf(SIGNING_KEY), token: OTHER_SIGNING_KEY.secret }, BOTH],
  ["a key that the handler does not have", keyOf(OTHER_SIGNING_KEY), BOTH],
  ["the auth token under a key's name", { ...keyOf(SIGNING_KEY), token: TOKEN }, BOTH],
  ["the key's secret with SHA-1, as the header says", { ...keyOf(SIGNING_KEY), algorithm: "HMAC_SHA1" }, BOTH],
  ["the key without its header", { token: SIGNING_KEY.secret, algorithm: "HMAC_SHA256" }, BOTH],
  ["the auth token, which is refused", { token: TOKEN }, KEY_ONLY],
])("what is signed with %s is refused, as the judge finds", async (_what, key, credentials) => {
  const webhooks = randomWebhooks(manifest, 30);
  const { faults } = await judgeSigned(NODE_LIBRARY, appHandler(manifest, credentials), webhooks, key);
  expect(new Set(faults.map((fault) => fault.split(" at ", 1)[0]))).toEqual(new Set(webhooks.map(({ url }) => url)));
});
