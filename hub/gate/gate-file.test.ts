import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CampaignSid, VerificationSid } from "../values/values.ts";
import { gateFileContent, gateFileMacs, gateFileProblem, gateFileText, MAX_GATE_FILE_BYTES } from "./gate-file.ts";
import type { SenderGate, SenderGates } from "./gates-on.ts";

const TOKEN = "token-of-the-tests";
const LOCAL = "+19497798471";
const TOLL_FREE = "+18446883807";
const OPEN = {
  kind: "local",
  plan: "plan-b14",
  open: true,
  sid: CampaignSid.parse(`QE${"a".repeat(32)}`),
  approvedOn: "2026-06-20",
  signedOffOn: "2026-06-01",
} satisfies SenderGate;
const VERIFIED = {
  kind: "toll-free",
  open: true,
  sid: VerificationSid.parse(`HH${"a".repeat(32)}`),
  approvedOn: "2026-06-20",
  signedOffOn: "2026-06-01",
} satisfies SenderGate;
const SHUT: SenderGate = {
  kind: "local",
  plan: "plan-b14",
  open: false,
  reasons: ['status is "denied"', "no B14a signOff"],
};

const fileOf = (gates: SenderGates, token = TOKEN) => gateFileText(gateFileContent(gates), token);
/** The problem of the local number. */
const problemOf = (text: string, manifest: SenderGate = OPEN, tokens: readonly string[] = [TOKEN]) =>
  gateFileProblem(text, tokens, LOCAL, manifest);
const ONE = fileOf({ [LOCAL]: OPEN });
const BOTH = fileOf({ [LOCAL]: OPEN, [TOLL_FREE]: VERIFIED });

test("the file of the manifest's open gates approves each number, under any of the tokens", () => {
  for (const tokens of [[TOKEN], ["new-token", TOKEN]]) {
    expect(gateFileProblem(BOTH, tokens, LOCAL, OPEN)).toBeUndefined();
    expect(gateFileProblem(BOTH, tokens, TOLL_FREE, VERIFIED)).toBeUndefined();
  }
});

test("a line is a MAC with its own key, and canonical JSON", () => {
  const content = gateFileContent({ [LOCAL]: OPEN });
  expect(content).toBe(
    `{"gate":{"approvedOn":"2026-06-20","kind":"local","open":true,"plan":"plan-b14","sid":"${OPEN.sid}","signedOffOn":"2026-06-01"},"sender":"+19497798471","version":2}`,
  );
  const key = createHmac("sha256", TOKEN).update("twilio-hub gate file 2").digest();
  expect(ONE).toBe(`${createHmac("sha256", key).update(content).digest("hex")} ${content}\n`);
});

test.each(["", " "])("an empty token neither makes nor checks a MAC: %j", (token) => {
  expect(() => gateFileMacs("{}", token)).toThrow("the secret is empty");
  const emptyKey = createHmac("sha256", token).update("twilio-hub gate file 2").digest();
  const content = gateFileContent({ [LOCAL]: OPEN });
  const forged = `${createHmac("sha256", emptyKey).update(content).digest("hex")} ${content}\n`;
  expect(problemOf(forged, OPEN, [token])).toContain("made with another key");
  expect(problemOf(ONE, OPEN, [])).toContain("made with another key");
});

test("the approval of another number does not count", () => {
  expect(problemOf(fileOf({ [TOLL_FREE]: VERIFIED }))).toBe("it has no approval for this number");
  expect(problemOf(fileOf({ [TOLL_FREE]: OPEN }))).toBe("it has no approval for this number");
  expect(problemOf(fileOf({ [LOCAL]: VERIFIED }))).toContain("another kind of sender");
  expect(gateFileProblem(fileOf({ [TOLL_FREE]: OPEN }), [TOKEN], TOLL_FREE, VERIFIED)).toContain("another kind");
});

test("a line can be taken out: the other number stays open, and this one is shut", () => {
  const [, tollFree = ""] = BOTH.split("\n");
  expect(problemOf(`${tollFree}\n`)).toBe("it has no approval for this number");
  expect(gateFileProblem(`${tollFree}\n`, [TOKEN], TOLL_FREE, VERIFIED)).toBeUndefined();
});

test("a number that stands twice is shut, whatever the lines say", () => {
  for (const second of [OPEN, SHUT]) {
    expect(problemOf(`${ONE}${fileOf({ [LOCAL]: second })}`)).toBe("it has more than one approval for this number");
  }
});

test.each([
  ["another campaign", { sid: CampaignSid.parse(`QE${"b".repeat(32)}`) }, "another registration"],
  ["another plan", { plan: "plan-b15" }, "another plan"],
  ["an older approval", { approvedOn: "2026-06-19" }, "older than the manifest: approvedOn is 2026-06-19"],
  ["a newer approval", { approvedOn: "2026-06-21" }, "newer than the manifest: approvedOn is 2026-06-21"],
  ["an older sign-off", { signedOffOn: "2026-05-31" }, "older than the manifest: signedOffOn is 2026-05-31"],
  ["a newer sign-off", { signedOffOn: "2026-06-02" }, "newer than the manifest: signedOffOn is 2026-06-02"],
])("a line with %s is shut", (_what, difference, problem) => {
  expect(problemOf(fileOf({ [LOCAL]: { ...OPEN, ...difference } }))).toContain(problem);
});

test("a shut line gives its reasons, whatever the manifest says", () => {
  for (const manifest of [OPEN, SHUT]) {
    expect(problemOf(fileOf({ [LOCAL]: SHUT }), manifest)).toBe('it is shut: status is "denied"; no B14a signOff');
  }
});

test("an open line does not open a shut manifest", () => {
  expect(problemOf(ONE, SHUT)).toContain("the manifest's gate is shut");
});

const CONTENT = gateFileContent({ [LOCAL]: OPEN });
const MAC = gateFileMacs(CONTENT, TOKEN);

test("a file of version 1 approves nothing, and the problem says so", () => {
  const { kind: _, sid, ...gate } = OPEN;
  const content = JSON.stringify({ gate: { ...gate, campaignSid: sid }, version: 1 });
  const key = createHmac("sha256", TOKEN).update("twilio-hub gate file 1").digest();
  const file = `${content}\n${createHmac("sha256", key).update(content).digest("hex")}\n`;
  expect(problemOf(file)).toContain("it is of version 1, which approves nothing");
});

test.each([
  ["empty", ""],
  ["a line without a MAC", `${CONTENT}\n`],
  ["the MAC behind", `${CONTENT} ${MAC}\n`],
  ["two lines", `${MAC}\n${CONTENT}\n`],
  ["no end of the last line", `${MAC} ${CONTENT}`],
  ["a blank line", `${MAC} ${CONTENT}\n\n`],
  ["other line ends", `${MAC} ${CONTENT}\r\n`],
  ["a MAC in upper case", `${MAC.toUpperCase()} ${CONTENT}\n`],
  ["a short MAC", `${MAC.slice(2)} ${CONTENT}\n`],
])("%s is not a gate file", (_what, text) => {
  expect(problemOf(text)).toBe("it is not lines of a MAC of 64 hex digits and JSON");
});

test.each([
  ["no JSON", "{open}"],
  ["another version", CONTENT.replace('"version":2', '"version":3')],
  ["no version", CONTENT.replace(',"version":2', "")],
  ["no sender", CONTENT.replace('"sender":"+19497798471",', "")],
  ["a sender without a plus", CONTENT.replace("+1949", "1949")],
  ["a sender with blanks", CONTENT.replace("+1949", "+1 949")],
  ["a sender of WhatsApp", CONTENT.replace("+1949", "whatsapp:+1949")],
  ["a messaging service as the sender", CONTENT.replace("+19497798471", `MG${"a".repeat(32)}`)],
  ["an unknown key", CONTENT.replace('"version"', '"by":"x","version"')],
  ["a gate with an unknown key", CONTENT.replace('"open"', '"by":"x","open"')],
  ["no registration", CONTENT.replace(/"sid":"[^"]*",/, "")],
  ["an open that is not a boolean", CONTENT.replace("true", '"true"')],
  ["a blank", CONTENT.replace("{", "{ ")],
  ["a key twice", CONTENT.replace('"open":true', '"open":false,"open":true')],
  ["the sender twice", CONTENT.replace('"sender"', '"sender":"+18446883807","sender"')],
])("signed content is refused: %s", (_what, content) => {
  expect(content).not.toBe(CONTENT);
  expect(problemOf(`${gateFileMacs(content, TOKEN)} ${content}\n`)).toContain("is not an approval of version 2");
});

test("one bad line makes the whole file worthless", () => {
  const forged = `${BOTH}${"0".repeat(64)} ${gateFileContent({ "+13105550142": OPEN })}\n`;
  expect(problemOf(forged)).toContain("made with another key");
  expect(gateFileProblem(forged, [TOKEN], TOLL_FREE, VERIFIED)).toContain("made with another key");
});

test("a file that is too long is not read", () => {
  const long = { ...OPEN, plan: "p".repeat(MAX_GATE_FILE_BYTES) };
  expect(problemOf(fileOf({ [LOCAL]: long }))).toBe("it is longer than 65536 bytes");
});

test("a file that approves stops approving after any change of its line", () => {
  fc.assert(
    fc.property(fc.nat(ONE.length - 1), fc.string({ maxLength: 3 }), (at, put) => {
      const changed = ONE.slice(0, at) + put + ONE.slice(at + 1);
      fc.pre(changed !== ONE);
      expect(problemOf(changed)).toBeTypeOf("string");
    }),
  );
});

test("a file that another token signed is shut, and no problem shows a token or a MAC", () => {
  expect(problemOf(fileOf({ [LOCAL]: OPEN }, "other-token"))).toBe(
    "its MAC was made with another key than the handler's",
  );
});
