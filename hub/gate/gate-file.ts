/**
 * The gate file: the second approval of a text, beside the manifest in the running bundle. Every `up` writes it without a restart.
 *
 * It has one line for each number of the hub: a MAC in hex, a blank, and the number's approval as canonical JSON, `{"gate":…,"sender":…,"version":2}`.
 * The MAC is HMAC-SHA256 under a key derived from `hub:signing.gateFileKey`, or from the Twilio auth token if the config has no such key. So only
 * someone who knows the secret can write a line that approves, and anybody who may write the file can shut one number: its line can be removed.
 *
 * Version 1 had one approval for every number, toll-free or not. Such a file approves nothing.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../values/canonical-json.ts";
import { CalendarDate, CampaignSid, E164, PlainText, VerificationSid } from "../values/values.ts";
import type { SenderGate, SenderGates } from "./gates-on.ts";
import { SENDER_KINDS } from "./sender-kind.ts";

/** The longest gate file that is read, in bytes. */
export const MAX_GATE_FILE_BYTES = 65_536;

const VERSION = 2;

/** Separates the MAC's key from everything else that the secret signs, and from other versions. */
const KEY_LABEL = `twilio-hub gate file ${VERSION}`;

const LINE = /^([0-9a-f]{64}) (\{.+\})$/;
const VERSION_1 = /^[^\n]*"version":1\}\n[0-9a-f]{64}\n$/;

const registered = { kind: z.enum(SENDER_KINDS), plan: PlainText.exactOptional() };
const GateFileLine = z.strictObject({
  version: z.literal(VERSION),
  sender: E164,
  gate: z.discriminatedUnion("open", [
    z.strictObject({
      ...registered,
      open: z.literal(true),
      sid: z.union([CampaignSid, VerificationSid]),
      approvedOn: CalendarDate,
      signedOffOn: CalendarDate,
    }),
    z.strictObject({ ...registered, open: z.literal(false), reasons: z.array(PlainText) }),
  ]),
});
type GateFileLine = z.infer<typeof GateFileLine>;

type OpenGate = Extract<SenderGate, { open: true }>;

/** The approvals of the gate file without their MACs, one a line, without the last line's end. */
export function gateFileContent(gates: SenderGates): string {
  return Object.entries(gates)
    .map(([sender, gate]) => canonicalJson({ version: VERSION, sender, gate }))
    .join("\n");
}

/**
 * The MACs of the gate file, one for each line of its content and in the same order.
 *
 * @param content of {@link gateFileContent}
 * @param secret the gate file's key, or the auth token
 * @returns 64 hex digits a line, without the last line's end
 * @throws Error if the secret is empty: anyone could make the MACs then
 */
export function gateFileMacs(content: string, secret: string): string {
  return content
    .split("\n")
    .map((line) => macOf(line, secret).toString("hex"))
    .join("\n");
}

/** The whole gate file, as the script of an `up` writes it. The parameters are those of {@link gateFileMacs}. */
export function gateFileText(content: string, secret: string): string {
  const macs = gateFileMacs(content, secret).split("\n");
  const lines = content.split("\n").map((line, index) => `${macs[index]} ${line}\n`);
  return lines.join("");
}

/**
 * The reason why a gate file does not approve the texts of a sender, or undefined if it does. It approves them if its line for the sender says exactly
 * what the manifest says, and the manifest's gate is open. One line that is not as an `up` writes it makes the whole file worthless.
 *
 * @param text the whole file
 * @param secrets the gate file's key, or the valid auth tokens; an empty one never counts
 * @param sender a number in E.164
 * @param manifestGate the sender's gate of the manifest in the running bundle, as it is now
 */
export function gateFileProblem(
  text: string,
  secrets: readonly string[],
  sender: string,
  manifestGate: SenderGate,
): string | undefined {
  const read = readLines(text, secrets);
  if ("problem" in read) return read.problem;
  const own = read.lines.filter((line) => line.sender === sender);
  const [line] = own;
  if (line === undefined) return "it has no approval for this number";
  if (own.length > 1) return "it has more than one approval for this number";
  return approvalProblem(line.gate, manifestGate);
}

function readLines(
  text: string,
  secrets: readonly string[],
): { readonly lines: readonly GateFileLine[] } | { readonly problem: string } {
  if (Buffer.byteLength(text) > MAX_GATE_FILE_BYTES)
    return { problem: `it is longer than ${MAX_GATE_FILE_BYTES} bytes` };
  if (VERSION_1.test(text))
    return { problem: "it is of version 1, which approves nothing; `pulumi up` writes it again" };
  if (!text.endsWith("\n")) return { problem: NOT_LINES };
  const lines: GateFileLine[] = [];
  for (const row of text.slice(0, -1).split("\n")) {
    const [, mac, content] = LINE.exec(row) ?? [];
    if (mac === undefined || content === undefined) return { problem: NOT_LINES };
    if (!isMacOfAny(content, mac, secrets)) return { problem: "its MAC was made with another key than the handler's" };
    const line = parseLine(content);
    if (line === undefined) return { problem: `a line of it is not an approval of version ${VERSION}` };
    lines.push(line);
  }
  return { lines };
}

const NOT_LINES = "it is not lines of a MAC of 64 hex digits and JSON";

function macOf(content: string, secret: string): Buffer {
  if (secret.trim() === "") throw new Error("the secret is empty: it cannot key the gate file's MAC");
  const key = createHmac("sha256", secret).update(KEY_LABEL).digest();
  return createHmac("sha256", key).update(content).digest();
}

function isMacOfAny(content: string, mac: string, secrets: readonly string[]): boolean {
  const found = Buffer.from(mac, "hex");
  return secrets
    .filter((secret) => secret.trim() !== "")
    .map((secret) => timingSafeEqual(macOf(content, secret), found))
    .includes(true);
}

/** Any difference in spelling, such as a key that stands twice, means that no `up` wrote the line. */
function parseLine(content: string): GateFileLine | undefined {
  try {
    const line = GateFileLine.parse(JSON.parse(content));
    return canonicalJson(line) === content ? line : undefined;
  } catch {
    return undefined;
  }
}

function approvalProblem(file: GateFileLine["gate"], manifest: SenderGate): string | undefined {
  if (!file.open) return `it is shut: ${file.reasons.join("; ")}`;
  if (!manifest.open) return "it is open, but the manifest's gate is shut";
  if (file.kind !== manifest.kind) return "it approves another kind of sender than the manifest";
  if (file.plan !== manifest.plan) return "it names another plan than the manifest";
  if (file.sid !== manifest.sid) return "it approves another registration than the manifest";
  return dateProblem("approvedOn", file, manifest) ?? dateProblem("signedOffOn", file, manifest);
}

function dateProblem(key: "approvedOn" | "signedOffOn", file: OpenGate, manifest: OpenGate): string | undefined {
  if (file[key] === manifest[key]) return undefined;
  const age = file[key] < manifest[key] ? "older" : "newer";
  return `it is ${age} than the manifest: ${key} is ${file[key]}, and not ${manifest[key]}`;
}
