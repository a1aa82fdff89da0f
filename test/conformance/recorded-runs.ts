/** The recorded runs, in order, and the plugin that answered each call. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseFixture, type RecordedCall } from "../../tools/recordings/fixture.ts";

const FOLDER = join(import.meta.dirname, "../fixtures/recordings");
const Summary = z.array(z.object({ name: z.string(), args: z.array(z.string()), code: z.number() }));

/** A run of the CLI on real plugins. */
export interface RecordedRun {
  readonly name: string;
  readonly calls: readonly RecordedCall[];
}

/** The plugins that have a stand-in, by the names under which the engine attaches them. */
export const STAND_INS = ["nodejs", "cloudflare", "command", "terraform-provider"] as const;
export type StandIn = (typeof STAND_INS)[number];

/** Returns every run, in the order in which they shared one state. */
export function recordedRuns(): RecordedRun[] {
  const summary = Summary.parse(JSON.parse(readFileSync(join(FOLDER, "summary.json"), "utf8")));
  return summary.map(({ name }) => ({ name, calls: parseFixture(readFileSync(join(FOLDER, `${name}.json`), "utf8")) }));
}

/**
 * Returns the plugin that answered a call. The bridged Twilio package answers under the name of the bridge.
 *
 * @throws Error if the plugin has no stand-in
 */
export function standInOf({ method, request }: RecordedCall): StandIn {
  if (method.startsWith("LanguageRuntime/")) return "nodejs";
  if (method.endsWith("/Parameterize")) return "terraform-provider";
  const token = String(request.type ?? request.tok).replace(/^pulumi:providers:/, "");
  const name = token.split(":")[0]?.replace(/^twilio$/, "terraform-provider");
  const found = STAND_INS.find((standIn) => standIn === name);
  if (found === undefined) throw new Error(`no stand-in answers ${method} of ${token}`);
  return found;
}
