import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CampaignSid } from "../values/values.ts";
import { gateFileContent, gateFileMac, gateFileProblem, MAX_GATE_FILE_BYTES } from "./gate-file.ts";
import type { TendlcGate } from "./gate-on.ts";

const TOKEN = "token-of-the-tests";
const OPEN = {
  plan: "plan-b14",
  open: true,
  campaignSid: CampaignSid.parse(`QE${"a".repeat(32)}`),
  approvedOn: "2026-06-20",
  signedOffOn: "2026-06-01",
} satisfies TendlcGate;
const SHUT: TendlcGate = { plan: "plan-b14", open: false, reasons: ['status is "denied"', "no B14a signOff"] };

const signed = (content: string, token = TOKEN) => `${content}\n${gateFileMac(content, token)}\n`;
const fileOf = (gate: TendlcGate) => signed(gateFileContent(gate));

test("the file of the manifest's open gate approves, under any of the tokens", () => {
  expect(gateFileProblem(fileOf(OPEN), [TOKEN], OPEN)).toBeUndefined();
  expect(gateFileProblem(fileOf(OPEN), ["new-token", TOKEN], OPEN)).toBeUndefined();
});

test("the content is one line of canonical JSON, and the MAC has its own key", () => {
  const content = gateFileContent(OPEN);
  expect(content).toBe(
    `{"gate":{"approvedOn":"2026-06-20","campaignSid":"${OPEN.campaignSid}","open":true,"plan":"plan-b14","signedOffOn":"2026-06-01"},"version":1}`,
  );
  const key = createHmac("sha256", TOKEN).update("twilio-hub gate file 1").digest();
  expect(gateFileMac(content, TOKEN)).toBe(createHmac("sha256", key).update(content).digest("hex"));
});

test.each(["", " "])("an empty token neither makes nor checks a MAC: %j", (token) => {
  expect(() => gateFileMac("{}", token)).toThrow("the secret is empty");
  const emptyKey = createHmac("sha256", token).update("twilio-hub gate file 1").digest();
  const content = gateFileContent(OPEN);
  const forged = `${content}\n${createHmac("sha256", emptyKey).update(content).digest("hex")}\n`;
  expect(gateFileProblem(forged, [token], OPEN)).toContain("made with another key");
  expect(gateFileProblem(fileOf(OPEN), [], OPEN)).toContain("made with another key");
});

test.each([
  ["another campaign", { campaignSid: CampaignSid.parse(`QE${"b".repeat(32)}`) }, "another campaign"],
  ["another plan", { plan: "plan-b15" }, "another plan"],
  ["an older approval", { approvedOn: "2026-06-19" }, "older than the manifest: approvedOn is 2026-06-19"],
  ["a newer approval", { approvedOn: "2026-06-21" }, "newer than the manifest: approvedOn is 2026-06-21"],
  ["an older sign-off", { signedOffOn: "2026-05-31" }, "older than the manifest: signedOffOn is 2026-05-31"],
  ["a newer sign-off", { signedOffOn: "2026-06-02" }, "newer than the manifest: signedOffOn is 2026-06-02"],
])("a file with %s is shut", (_what, difference, problem) => {
  expect(gateFileProblem(fileOf({ ...OPEN, ...difference }), [TOKEN], OPEN)).toContain(problem);
});

test("a shut file gives its reasons, whatever the manifest says", () => {
  for (const manifest of [OPEN, SHUT]) {
    expect(gateFileProblem(fileOf(SHUT), [TOKEN], manifest)).toBe('it is shut: status is "denied"; no B14a signOff');
  }
});

test("an open file does not open a shut manifest", () => {
  expect(gateFileProblem(fileOf(OPEN), [TOKEN], SHUT)).toContain("the manifest's gate is shut");
});

const CONTENT = gateFileContent(OPEN);
const MAC = gateFileMac(CONTENT, TOKEN);

test.each([
  ["empty", ""],
  ["one line", `${CONTENT}\n`],
  ["no end of the last line", `${CONTENT}\n${MAC}`],
  ["three lines", `${CONTENT}\n${MAC}\n\n`],
  ["other line ends", `${CONTENT}\r\n${MAC}\r\n`],
  ["a MAC in upper case", `${CONTENT}\n${MAC.toUpperCase()}\n`],
  ["a short MAC", `${CONTENT}\n${MAC.slice(2)}\n`],
  ["an empty MAC", `${CONTENT}\n\n`],
])("%s is not two lines", (_what, text) => {
  expect(gateFileProblem(text, [TOKEN], OPEN)).toContain("it is not two lines");
});

test.each([
  ["no JSON", "open"],
  ["another version", CONTENT.replace('"version":1', '"version":2')],
  ["no version", CONTENT.replace(',"version":1', "")],
  ["an unknown key", CONTENT.replace('"version"', '"by":"x","version"')],
  ["a gate with an unknown key", CONTENT.replace('"open"', '"by":"x","open"')],
  ["no campaign", CONTENT.replace(/"campaignSid":"[^"]*",/, "")],
  ["an open that is not a boolean", CONTENT.replace("true", '"true"')],
])("signed content is refused: %s", (_what, content) => {
  expect(content).not.toBe(CONTENT);
  expect(gateFileProblem(signed(content), [TOKEN], OPEN)).toContain("is not a gate of version 1");
});

test("the same gate in another spelling does not approve", () => {
  expect(gateFileProblem(signed(` ${CONTENT}`), [TOKEN], OPEN)).toContain("not what this manifest's gate file says");
  const twice = CONTENT.replace('"open":true', '"open":false,"open":true');
  expect(gateFileProblem(signed(twice), [TOKEN], OPEN)).toContain("not what this manifest's gate file says");
});

test("a file that is too long is not read", () => {
  const content = gateFileContent({ ...OPEN, plan: "p".repeat(MAX_GATE_FILE_BYTES) });
  expect(gateFileProblem(signed(content), [TOKEN], OPEN)).toBe("it is longer than 8192 bytes");
});

test("a file that approves stops approving after any change", () => {
  const file = fileOf(OPEN);
  fc.assert(
    fc.property(fc.nat(file.length - 1), fc.string({ maxLength: 3 }), (at, put) => {
      const changed = file.slice(0, at) + put + file.slice(at + 1);
      fc.pre(changed !== file);
      expect(gateFileProblem(changed, [TOKEN], OPEN)).toBeTypeOf("string");
    }),
  );
});

test("a file that another token signed is shut, and no problem shows a token or a MAC", () => {
  const problem = gateFileProblem(signed(CONTENT, "other-token"), [TOKEN], OPEN);
  expect(problem).toBe("its MAC was made with another key than the handler's");
});
