/**
 * The gate file: the second approval of a text, beside the manifest in the running bundle. Every `up` writes it without a restart.
 *
 * Line 1 is canonical JSON, `{"gate":…,"version":1}`. Line 2 is its MAC in hex: HMAC-SHA256 under a key derived from
 * `hub:signing.gateFileKey`, or from the Twilio auth token if the config has no such key. So only someone who knows the secret can write a file that
 * approves.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../values/canonical-json.ts";
import { CalendarDate, CampaignSid, PlainText } from "../values/values.ts";
import type { TendlcGate } from "./gate-on.ts";
import type { TendlcApproval } from "./tendlc.ts";

/** The longest gate file that is read, in bytes. */
export const MAX_GATE_FILE_BYTES = 8192;

const VERSION = 1;

/** Separates the MAC's key from everything else that the secret signs. */
const KEY_LABEL = `twilio-hub gate file ${VERSION}`;

const TWO_LINES = /^([^\n]+)\n([0-9a-f]{64})\n$/;

const GateFile = z.strictObject({
  version: z.literal(VERSION),
  gate: z.discriminatedUnion("open", [
    z.strictObject({
      plan: PlainText,
      open: z.literal(true),
      campaignSid: CampaignSid,
      approvedOn: CalendarDate,
      signedOffOn: CalendarDate,
    }),
    z.strictObject({ plan: PlainText, open: z.literal(false), reasons: z.array(PlainText) }),
  ]),
});

type OpenGate = Extract<TendlcGate, { open: true }>;

/** Line 1 of the gate file, without its line end. */
export function gateFileContent(gate: TendlcGate): string {
  return canonicalJson({ version: VERSION, gate });
}

/**
 * Line 2 of the gate file, without its line end: 64 hex digits.
 *
 * @param content line 1
 * @param secret the gate file's key, or the auth token
 * @throws Error if the secret is empty: anyone could make the MAC then
 */
export function gateFileMac(content: string, secret: string): string {
  return macOf(content, secret).toString("hex");
}

/**
 * The reason why a gate file does not approve a text, or undefined if it does. It approves a text if it says exactly what the manifest says,
 * and the manifest's gate is open.
 *
 * @param text the whole file
 * @param secrets the gate file's key, or the valid auth tokens; an empty one never counts
 * @param manifestGate the gate of the manifest in the running bundle, as it is now
 */
export function gateFileProblem(
  text: string,
  secrets: readonly string[],
  manifestGate: TendlcGate,
): string | undefined {
  if (Buffer.byteLength(text) > MAX_GATE_FILE_BYTES) return `it is longer than ${MAX_GATE_FILE_BYTES} bytes`;
  const [, content, mac] = TWO_LINES.exec(text) ?? [];
  if (content === undefined || mac === undefined) return "it is not two lines: JSON, and a MAC of 64 hex digits";
  if (!isMacOfAny(content, mac, secrets)) return "its MAC was made with another key than the handler's";
  const file = parseContent(content);
  if (file === undefined) return `its first line is not a gate of version ${VERSION}`;
  return approvalProblem(file.gate, manifestGate) ?? contentProblem(content, manifestGate);
}

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

function parseContent(content: string): z.infer<typeof GateFile> | undefined {
  try {
    return GateFile.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

function approvalProblem(file: TendlcGate, manifest: TendlcGate): string | undefined {
  if (!file.open) return `it is shut: ${file.reasons.join("; ")}`;
  if (!manifest.open) return "it is open, but the manifest's gate is shut";
  if (file.plan !== manifest.plan) return "it names another plan than the manifest";
  if (file.campaignSid !== manifest.campaignSid) return "it approves another campaign than the manifest";
  return dateProblem("approvedOn", file, manifest) ?? dateProblem("signedOffOn", file, manifest);
}

function dateProblem(key: keyof TendlcApproval, file: OpenGate, manifest: OpenGate): string | undefined {
  if (file[key] === manifest[key]) return undefined;
  const age = file[key] < manifest[key] ? "older" : "newer";
  return `it is ${age} than the manifest: ${key} is ${file[key]}, and not ${manifest[key]}`;
}

/** Any other difference, even in spelling, means that the file does not approve this manifest. */
function contentProblem(content: string, manifest: TendlcGate): string | undefined {
  return content === gateFileContent(manifest) ? undefined : "it is not what this manifest's gate file says";
}
