/** Translates between a fixture's placeholders and this machine's values. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { RecordedCall } from "../../tools/recordings/fixture.ts";
import { mapTexts } from "../../tools/recordings/map-texts.ts";
import { shorten } from "../../tools/recordings/shorten.ts";
import type { Answer } from "./stand-in-client.ts";

const PROJECT = join(import.meta.dirname, "../..");
const Package = z.object({ pulumi: z.object({ parameterization: z.object({ value: z.string() }) }) });
/** The only long text that a replay needs in full. */
const { value: PARAMETER } = Package.parse(JSON.parse(readFileSync(join(PROJECT, "sdks/twilio/package.json"), "utf8")))
  .pulumi.parameterization;

/** This machine's values for a fixture's placeholders. */
export interface Places {
  /** Cloudflare's base URL on the loopback cloud. */
  readonly cloudflare: string;
  readonly handlerPort: number;
}

/** Returns a recorded request with this machine's ports and folders. */
export function fillPlaceholders(
  { request }: RecordedCall,
  { cloudflare, handlerPort }: Places,
): RecordedCall["request"] {
  const fill = (text: string) =>
    text === shorten(PARAMETER)
      ? PARAMETER
      : text
          .replaceAll("http://127.0.0.1:PORT/client/v4", cloudflare)
          .replaceAll("127.0.0.1:PORT", `127.0.0.1:${handlerPort}`)
          .replace(/^\/PROJECT(?=\/|$)/, PROJECT);
  return Object.fromEntries(Object.entries(request).map(([key, value]) => [key, mapTexts(value, fill)]));
}

/** Returns a stand-in's answer in the form of a fixture: long texts shortened, ports replaced. */
export function asRecorded({ response, errors }: Answer): Answer {
  const mapped = response && Object.entries(response).map(([key, value]) => [key, mapTexts(value, shorten)]);
  return { ...(mapped && { response: Object.fromEntries(mapped) }), ...(errors && { errors: errors.map(shorten) }) };
}
