/** The gate file's half of the approval: with an approved manifest and passing gates, only the file that `up` writes lets a text leave. */
import { execFileSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { APPROVED_RECORD } from "../../handlers/outbound/gate/test-approvals.ts";
import { CREDENTIALS, TOKEN } from "../../handlers/testing/manifest.ts";
import { gateFileContent, gateFileMacs, gateFileText, MAX_GATE_FILE_BYTES } from "../../hub/gate/gate-file.ts";
import { gatesOn, type SenderGate } from "../../hub/gate/gates-on.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";
import { CampaignSid } from "../../hub/values/values.ts";
import { NO_TEXT, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { PRIMARY, TOLL_FREE, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const OLD_TOKEN = "token-before-the-promotion";
const ENDED = new Date(Date.now() - 1_000);

const AUTH_TOKENS = [{ token: TOKEN }, { token: OLD_TOKEN, validUntil: ENDED }];

const { site, text, texts } = tendlcSuite({
  prepare: (made) => made.startHub({ credentials: { ...CREDENTIALS, authTokens: AUTH_TOKENS } }),
});
const file = () => site().manifest.handler.gateFile;
/** The gate of the number that texts in these tests. */
const open = (): SenderGate => {
  const { [PRIMARY]: gate } = gatesOn(site().manifestOf(APPROVED_RECORD).gates, new Date());
  if (gate === undefined) throw new Error("the hub has no such number");
  return gate;
};
const shut = (): SenderGate => ({ kind: "local", plan: APPROVED_RECORD.plan, open: false, reasons: ["withdrawn"] });
const lineOf = (gate: SenderGate) => gateFileContent({ [PRIMARY]: gate });
const content = () => lineOf(open());
const put = async (bytes: string | Uint8Array) => {
  await rm(file());
  await writeFile(file(), bytes);
};
const link = async (target: string) => {
  await rm(file());
  await symlink(target, file());
};
/** A gate file: the line and its MAC, made as `up` makes it. */
const signed = (line: string, token = TOKEN) => gateFileText(line, token);
/** An open gate file whose MAC is made correctly, but with another key. */
const forged = (key: string) => {
  const derived = createHmac("sha256", key).update("twilio-hub gate file 2").digest();
  return `${createHmac("sha256", derived).update(content()).digest("hex")} ${content()}\n`;
};
const changed = (difference: object) => signed(lineOf({ ...open(), ...difference }));
const lineFor = (sender: string) => gateFileContent({ [sender]: open() });
const twoNames = () => lineFor(TOLL_FREE).replace('"sender"', `"sender":"${PRIMARY}","sender"`);
const version1Content = () => {
  const { campaignSid, approvedOn, plan, signOff } = APPROVED_RECORD;
  return canonicalJson({ gate: { approvedOn, campaignSid, open: true, plan, signedOffOn: signOff.on }, version: 1 });
};
const macAs = (version: number, line: string) => {
  const key = createHmac("sha256", TOKEN).update(`twilio-hub gate file ${version}`).digest();
  return createHmac("sha256", key).update(line).digest("hex");
};
const signedAs = (version: number, line: string) => `${macAs(version, line)} ${line}\n`;
/** The file that version 1 wrote for this approval. */
const version1 = () => `${version1Content()}\n${macAs(1, version1Content())}\n`;
const strange = () => `${"0".repeat(64)} ${lineFor(TOLL_FREE)}\n`;
const edited = async (from: RegExp, to: string) => put((await readFile(file(), "utf8")).replace(from, to));

test.each<[string, () => Promise<unknown>, string]>([
  ["missing", () => rm(file()), "ENOENT"],
  ["missing, with an unfinished file next to it", () => rename(file(), `${file()}.Xa81`), "ENOENT"],
  ["empty", () => put(""), "not lines of a MAC"],
  ["a folder", () => rm(file()).then(() => mkdir(file())), "not a regular file"],
  ["a FIFO that nobody writes to", () => rm(file()).then(() => execFileSync("mkfifo", [file()])), "not a regular file"],
  ["a link to a device", () => link("/dev/zero"), "not a regular file"],
  ["a link to itself", () => link(file()), "ELOOP"],
  ["a broken link", () => link(`${file()}.none`), "ENOENT"],
  ["not UTF-8", () => put(new Uint8Array([0xff, 0xfe, 0x0a])), "cannot be read"],
  ["too long", () => put(signed(content()).padEnd(MAX_GATE_FILE_BYTES + 1, "\n")), "longer than"],
  ["open without a MAC", () => put(`${content()}\n`), "not lines of a MAC"],
  ["the word open", () => put("open\n"), "not lines of a MAC"],
  ["shut", () => site().writeGateFile({ [PRIMARY]: shut() }), "it is shut"],
  ["signed with another account's token", () => put(signed(content(), "another-token")), "made with another key"],
  ["signed with the previous token after its expiry", () => put(signed(content(), OLD_TOKEN)), "made with another key"],
  ["signed with an empty token", () => put(forged("")), "made with another key"],
  ["signed with the account's SID", () => put(forged(CREDENTIALS.accountSid)), "made with another key"],
  ["signed with the token in upper case", () => put(forged(TOKEN.toUpperCase())), "made with another key"],
  [
    "signed with the token itself, without deriving the key",
    () => put(`${createHmac("sha256", TOKEN).update(content()).digest("hex")} ${content()}\n`),
    "made with another key",
  ],
  [
    "signed with a plain hash",
    () => put(`${createHash("sha256").update(content()).digest("hex")} ${content()}\n`),
    "made with another key",
  ],
  [
    "open, with the MAC of a shut file",
    () => put(`${gateFileMacs(lineOf(shut()), TOKEN)} ${content()}\n`),
    "made with another key",
  ],
  ["changed after it was signed", () => edited(/2026-06-20/, "2026-06-21"), "made with another key"],
  ["with zeros for a MAC", () => edited(/[0-9a-f]{64}/, "0".repeat(64)), "made with another key"],
  [
    "with the MAC in upper case",
    async () => put(signed(content()).replace(/[0-9a-f]{64}/, (mac) => mac.toUpperCase())),
    "not lines of a MAC",
  ],
  ["with half a MAC", () => edited(/^[0-9a-f]{32}/, ""), "not lines of a MAC"],
  [
    "a shut file followed by an open one",
    () => put(`${signed(lineOf(shut()))}${signed(content())}`),
    "more than one approval",
  ],
  [
    "an open file followed by a shut one",
    () => put(`${signed(content())}${signed(lineOf(shut()))}`),
    "more than one approval",
  ],
  ["with something after it", () => put(`${signed(content())}x`), "not lines of a MAC"],
  ["without its last line break", () => put(signed(content()).trimEnd()), "not lines of a MAC"],
  ["with a byte order mark", () => put(`\uFEFF${signed(content())}`), "not lines of a MAC"],
  ["with Windows line breaks", () => put(signed(content()).replaceAll("\n", "\r\n")), "not lines of a MAC"],
  ["signed, with an extra blank in its JSON", () => put(signed(content().replace("{", "{ "))), "not an approval"],
  [
    "signed, with an extra key",
    () => put(signed(content().replace('"open":true', '"force":1,"open":true'))),
    "not an approval",
  ],
  ["signed, and open: 1", () => put(signed(content().replace('"open":true', '"open":1'))), "not an approval"],
  [
    "signed, with another version",
    () => put(signed(content().replace('"version":2', '"version":3'))),
    "not an approval",
  ],
  ["signed, but not JSON", () => put(signed("{open}")), "not an approval"],
  [
    "for another campaign",
    () => put(changed({ sid: CampaignSid.parse(`QE${"b".repeat(32)}`) })),
    "another registration",
  ],
  ["of version 1", () => put(version1()), "it is of version 1"],
  ["signed under the key of version 1", () => put(signedAs(1, content())), "made with another key"],
  ["of version 1 in the form of a line", () => put(signedAs(1, version1Content())), "made with another key"],
  ["of version 1, signed under the key of version 2", () => put(signed(version1Content())), "not an approval"],
  ["without this number", () => put(signed(lineFor(TOLL_FREE))), "no approval for this number"],
  ["for the other number, with this one's name before it", () => put(signed(twoNames())), "not an approval"],
  ["for this number without its plus", () => put(signed(lineFor("19497798471"))), "not an approval"],
  ["for this number with blanks", () => put(signed(lineFor("+1 949 779 8471"))), "not an approval"],
  ["for WhatsApp of this number", () => put(signed(lineFor(`whatsapp:${PRIMARY}`))), "not an approval"],
  ["for a messaging service", () => put(signed(lineFor(`MG${"a".repeat(32)}`))), "not an approval"],
  ["for this number twice", () => put(`${signed(content())}${signed(content())}`), "more than one approval"],
  [
    "open, with a forged line of the other number",
    () => put(`${signed(content())}${strange()}`),
    "made with another key",
  ],
  ["for a toll-free number of this spelling", () => put(changed({ kind: "toll-free" })), "another kind of sender"],
  ["for WhatsApp by its kind", () => put(changed({ kind: "whatsapp" })), "another kind of sender"],
  ["for a verification", () => put(changed({ sid: `HH${"a".repeat(32)}` })), "another registration"],
  ["for another plan", () => put(changed({ plan: "another-plan" })), "another plan"],
  [
    "older than the manifest by its approval",
    () => put(changed({ approvedOn: "2026-06-19" })),
    "older than the manifest",
  ],
  [
    "older than the manifest by its sign-off",
    () => put(changed({ signedOffOn: "2026-05-31" })),
    "older than the manifest",
  ],
  ["newer than the manifest", () => put(changed({ approvedOn: "2026-06-21" })), "newer than the manifest"],
])(
  "10DLC: a gate file that is %s: blocked, with an approved manifest and the five gates passing",
  async (_what, spoil, reason) => {
    await spoil();
    const outcome = await text();
    expect(outcome).toEqual({
      state: "blocked",
      reason: expect.stringMatching(/B14a: the gate file .* does not approve: /),
    });
    expect(outcome.reason).toContain(reason);
    expect(texts()).toEqual(NO_TEXT);
  },
);

// Root can read a file of mode 000. This one is a regular file whose start nobody can read.
test.runIf(process.platform === "linux")("10DLC: a gate file that cannot be read: blocked", async () => {
  await link("/proc/self/mem");
  expect(await text()).toMatchObject({ state: "blocked", reason: expect.stringContaining("cannot be read") });
  expect(texts()).toEqual(NO_TEXT);
});

test("10DLC control: the same text leaves, exactly once, with the file that `up` writes", async () => {
  expect(await text()).toMatchObject({ state: "sent" });
  expect(texts()).toEqual(ONE_TEXT);
});
