/** The production bundle: neither its environment nor the approval in an older bundle opens the gate. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PRE_SEND_GATES } from "../../handlers/outbound/gate/pre-send-gates.ts";
import { APPROVED_RECORD, withdrawn } from "../../handlers/outbound/gate/test-approvals.ts";
import { TOKEN } from "../../handlers/testing/manifest.ts";
import { gateFileContent, gateFileText } from "../../hub/gate/gate-file.ts";
import { gatesOn } from "../../hub/gate/gates-on.ts";
import { DENIED_RECORD, NO_TEXT, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { PRIMARY, TO, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const { site, text, texts } = tendlcSuite();

const textFrom = async (
  tendlc: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string>> = {},
) => {
  const handler = await site().startBundle(tendlc, environment);
  return text().finally(handler.close);
};

/** Variables that somebody might try without knowing how the gate works. */
const NAMES = [
  "GATE",
  "GATE_OPEN",
  "TENDLC",
  "TENDLC_APPROVED",
  "TENDLC_STATUS",
  "A2P_APPROVED",
  "SMS_ENABLED",
  "FORCE",
];
const all = (value: string) => Object.fromEntries(NAMES.map((name) => [name, value]));
const open = () => site().manifestOf(APPROVED_RECORD);

test.each<[string, () => Readonly<Record<string, string>>]>([
  [
    "TENDLC_APPROVED=1, every other switch, and NODE_ENV=test",
    () => ({ ...all("1"), NODE_ENV: "test", VITEST: "true" }),
  ],
  [
    "HUB_GATE=open, TENDLC_STATUS=approved and NODE_ENV=development",
    () => ({ ...all("approved"), HUB_GATE: "open", GATE: "open", NODE_ENV: "development" }),
  ],
  [
    "an approved manifest in HUB_MANIFEST, an open gate in HUB_GATE and an approved record in PULUMI_CONFIG",
    () => ({
      HUB_MANIFEST: JSON.stringify(open()),
      HUB_GATE: gateFileContent(gatesOn(open().gates, new Date())),
      PULUMI_CONFIG: JSON.stringify({ "hub:tendlc": APPROVED_RECORD }),
    }),
  ],
])(
  "10DLC: %s in the environment of an unapproved bundle, with an open gate file: blocked",
  async (_what, environment) => {
    expect(await textFrom(DENIED_RECORD, environment())).toMatchObject({
      state: "blocked",
      reason: expect.stringContaining("the manifest does not approve"),
    });
    expect(texts()).toEqual(NO_TEXT);
  },
);

const shut = () => site().writeGateFile(withdrawn(open()));

test("10DLC: a stale bundle whose approval has been withdrawn: blocked by the newest gate file", async () => {
  await shut();
  const outcome = await textFrom(APPROVED_RECORD);
  expect(outcome).toMatchObject({ state: "blocked", reason: expect.stringContaining("it is shut: withdrawn") });
  expect(texts()).toEqual(NO_TEXT);
});

test("10DLC: a bundle and a signed gate file that agree on a day to come: blocked by the day", async () => {
  const early = { ...APPROVED_RECORD, approvedOn: "2099-01-01" };
  await site().writeGateFile(gatesOn(site().manifestOf(early).gates, new Date("2099-01-02T00:00:00Z")));
  expect(await textFrom(early)).toMatchObject({
    state: "blocked",
    reason: expect.stringContaining("the manifest does not approve: approvedOn 2099-01-01 is in the future"),
  });
  expect(texts()).toEqual(NO_TEXT);
});

test("10DLC: a variable that names an open gate file elsewhere, while the real one is shut: blocked", async () => {
  await shut();
  const { gateFile } = site().manifest.handler;
  const elsewhere = join(gateFile, "..", "open-gate");
  const content = gateFileContent(gatesOn(open().gates, new Date()));
  await writeFile(elsewhere, gateFileText(content, TOKEN));
  const environment = { HUB_GATE_FILE: elsewhere, GATE_FILE: elsewhere, HUB_HANDLER_GATE_FILE: elsewhere };
  expect(await textFrom(APPROVED_RECORD, environment)).toMatchObject({
    state: "blocked",
    reason: expect.stringContaining("it is shut: withdrawn"),
  });
  expect(texts()).toEqual(NO_TEXT);
});

test("10DLC: both approvals, and a variable for each of the five gates: blocked by the first gate", async () => {
  const words = PRE_SEND_GATES.map((name) => [name.toUpperCase().replaceAll("-", "_"), "passed"]);
  expect(await textFrom(APPROVED_RECORD, Object.fromEntries(words))).toMatchObject({
    state: "blocked",
    reason: expect.stringContaining("gate-computer: not implemented"),
  });
  expect(texts()).toEqual(NO_TEXT);
});

test("10DLC control: the same text leaves, exactly once, from a handler with both approvals and passing gates", async () => {
  const hub = await site().startHub();
  expect(await text()).toMatchObject({ state: "sent" });
  expect(texts()).toEqual(ONE_TEXT);
  await hub.close();
});

test("10DLC control: a bundle's requests are seen: its call reaches the cloud", async () => {
  const handler = await site().startBundle(DENIED_RECORD);
  const { id } = await site().client.placeCall({ to: TO, from: PRIMARY, route: "/voice/webhook" });
  expect(await site().outcome(id)).toMatchObject({ state: "sent" });
  expect(site().cloud.twilio.creates.map(({ path }) => path)).toContain("Calls");
  expect(texts()).toEqual(NO_TEXT);
  await handler.close();
});
