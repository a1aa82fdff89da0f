/** The gate file's half of the approval: with an approved manifest and passing gates, only the file that `up` writes lets a text leave. */
import { execFileSync } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { APPROVED_RECORD } from "../../handlers/outbound/gate/test-approvals.ts";
import { CREDENTIALS, TOKEN } from "../../handlers/testing/manifest.ts";
import { gateFileContent, gateFileMac, MAX_GATE_FILE_BYTES } from "../../hub/gate/gate-file.ts";
import { gateOn, type TendlcGate } from "../../hub/gate/gate-on.ts";
import { CampaignSid } from "../../hub/values/values.ts";
import { NO_TEXT, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { tendlcSuite } from "../support/tendlc/tendlc-suite.ts";

const OLD_TOKEN = "token-before-the-promotion";
const ENDED = new Date(Date.now() - 1_000);

const AUTH_TOKENS = [{ token: TOKEN }, { token: OLD_TOKEN, validUntil: ENDED }];

const { site, text, texts } = tendlcSuite({
  prepare: (made) => made.startHub({ credentials: { ...CREDENTIALS, authTokens: AUTH_TOKENS } }),
});
const file = () => site().manifest.handler.gateFile;
const open = () => gateOn(site().manifestOf(APPROVED_RECORD).gate, new Date());
const shut = (): TendlcGate => ({ plan: APPROVED_RECORD.plan, open: false, reasons: ["withdrawn"] });
const content = () => gateFileContent(open());
const put = async (bytes: string | Uint8Array) => {
  await rm(file());
  await writeFile(file(), bytes);
};
const link = async (target: string) => {
  await rm(file());
  await symlink(target, file());
};
/** A gate file: the line and its MAC, made as `up` makes it. */
const signed = (line: string, token = TOKEN) => `${line}\n${gateFileMac(line, token)}\n`;
/** An open gate file whose MAC is made correctly, but with another key. */
const forged = (key: string) => {
  const derived = createHmac("sha256", key).update("twilio-hub gate file 1").digest();
  return `${content()}\n${createHmac("sha256", derived).update(content()).digest("hex")}\n`;
};
const changed = (difference: object) => signed(gateFileContent({ ...open(), ...difference }));
const edited = async (from: RegExp, to: string) => put((await readFile(file(), "utf8")).replace(from, to));

test.each<[string, () => Promise<unknown>, string]>([
  ["missing", () => rm(file()), "ENOENT"],
  ["missing, with an unfinished file next to it", () => rename(file(), `${file()}.Xa81`), "ENOENT"],
  ["empty", () => put(""), "not two lines"],
  ["a folder", () => rm(file()).then(() => mkdir(file())), "not a regular file"],
  ["a FIFO that nobody writes to", () => rm(file()).then(() => execFileSync("mkfifo", [file()])), "not a regular file"],
  ["a link to a device", () => link("/dev/zero"), "not a regular file"],
  ["a link to itself", () => link(file()), "ELOOP"],
  ["a broken link", () => link(`${file()}.none`), "ENOENT"],
  ["not UTF-8", () => put(new Uint8Array([0xff, 0xfe, 0x0a])), "cannot be read"],
  ["too long", () => put(signed(content()).padEnd(MAX_GATE_FILE_BYTES + 1, "\n")), "longer than"],
  ["open without a MAC", () => put(`${content()}\n`), "not two lines"],
  ["the word open", () => put("open\n"), "not two lines"],
  ["shut", () => site().writeGateFile(shut()), "it is shut"],
  ["signed with another account's token", () => put(signed(content(), "another-token")), "made with another key"],
  ["signed with the previous token after its expiry", () => put(signed(content(), OLD_TOKEN)), "made with another key"],
  ["signed with an empty token", () => put(forged("")), "made with another key"],
  ["signed with the account's SID", () => put(forged(CREDENTIALS.accountSid)), "made with another key"],
  ["signed with the token in upper case", () => put(forged(TOKEN.toUpperCase())), "made with another key"],
  [
    "signed with the token itself, without deriving the key",
    () => put(`${content()}\n${createHmac("sha256", TOKEN).update(content()).digest("hex")}\n`),
    "made with another key",
  ],
  [
    "signed with a plain hash",
    () => put(`${content()}\n${createHash("sha256").update(content()).digest("hex")}\n`),
    "made with another key",
  ],
  [
    "open, with the MAC of a shut file",
    () => put(`${content()}\n${gateFileMac(gateFileContent(shut()), TOKEN)}\n`),
    "made with another key",
  ],
  ["changed after it was signed", () => edited(/2026-06-20/, "2026-06-21"), "made with another key"],
  ["with zeros for a MAC", () => edited(/[0-9a-f]{64}/, "0".repeat(64)), "made with another key"],
  [
    "with the MAC in upper case",
    async () => put(signed(content()).replace(/[0-9a-f]{64}/, (mac) => mac.toUpperCase())),
    "not two lines",
  ],
  ["with half a MAC", () => edited(/[0-9a-f]{32}\n$/, "\n"), "not two lines"],
  [
    "a shut file followed by an open one",
    () => put(`${gateFileContent(shut())}\n${signed(content())}`),
    "not two lines",
  ],
  [
    "an open file followed by a shut one",
    () => put(`${signed(content())}${signed(gateFileContent(shut()))}`),
    "not two lines",
  ],
  ["with something after it", () => put(`${signed(content())}x`), "not two lines"],
  ["without its last line break", () => put(signed(content()).trimEnd()), "not two lines"],
  ["with a byte order mark", () => put(`\uFEFF${signed(content())}`), "made with another key"],
  ["with Windows line breaks", () => put(signed(content()).replaceAll("\n", "\r\n")), "not two lines"],
  [
    "signed, with an extra blank in its JSON",
    () => put(signed(`${content()} `)),
    "not what this manifest's gate file says",
  ],
  [
    "signed, with an extra key",
    () => put(signed(content().replace('"open":true', '"force":1,"open":true'))),
    "not a gate",
  ],
  ["signed, and open: 1", () => put(signed(content().replace('"open":true', '"open":1'))), "not a gate"],
  ["signed, with another version", () => put(signed(content().replace('"version":1', '"version":2'))), "not a gate"],
  ["signed, but not JSON", () => put(signed("open")), "not a gate"],
  [
    "for another campaign",
    () => put(changed({ campaignSid: CampaignSid.parse(`QE${"b".repeat(32)}`) })),
    "another campaign",
  ],
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
