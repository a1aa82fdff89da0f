/** The gate file's own key: with `hub:signing.gateFileKey` a file that the auth token signed approves nothing, and the other way round. */
import { expect, test } from "vitest";
import { CREDENTIALS, TOKEN } from "../../handlers/testing/manifest.ts";
import { KEY_ONLY } from "../../handlers/testing/signing.ts";
import { NO_TEXT, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const GATE_FILE_KEY = "key-of-the-gate-file-of-the-tests";
const apiKey = { sid: `SK${"5".repeat(32)}`, secret: "secret-of-the-api-key" };

const { site, text, texts } = tendlcSuite();

test.each([
  ["accepts the auth token", CREDENTIALS],
  ["refuses it", { ...KEY_ONLY, apiKey }],
])(
  "10DLC: a file that the auth token signed approves nothing for a handler with a key of its own that %s",
  async (_what, given) => {
    const hub = await site().startHub({ credentials: { ...given, gateFileKey: GATE_FILE_KEY } });
    try {
      await site().writeGateFile(undefined, TOKEN);
      expect(await text()).toMatchObject({
        state: "blocked",
        reason: expect.stringContaining("made with another key"),
      });
      expect(texts()).toEqual(NO_TEXT);
    } finally {
      await hub.close();
    }
  },
);

test("10DLC: a file that the key signed approves nothing for a handler that does not know the key yet", async () => {
  const hub = await site().startHub();
  try {
    await site().writeGateFile(undefined, GATE_FILE_KEY);
    expect(await text()).toMatchObject({ state: "blocked", reason: expect.stringContaining("made with another key") });
    expect(texts()).toEqual(NO_TEXT);
  } finally {
    await hub.close();
  }
});

test("10DLC control: with the key on both sides the text leaves", async () => {
  const hub = await site().startHub({ credentials: { ...CREDENTIALS, gateFileKey: GATE_FILE_KEY } });
  try {
    await site().writeGateFile(undefined, GATE_FILE_KEY);
    expect(await text()).toMatchObject({ state: "sent" });
    expect(texts()).toEqual(ONE_TEXT);
  } finally {
    await hub.close();
  }
});
