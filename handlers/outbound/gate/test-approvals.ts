/** What the room's tests of the gate share: a manifest whose gate is open, and a gate file that says the same. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gateFileContent, gateFileMac } from "../../../hub/gate/gate-file.ts";
import type { TendlcGate } from "../../../hub/gate/tendlc.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { TOKEN, testManifest } from "../../testing/manifest.ts";

/** The plan of the record below. */
export const PLAN = "osil-twilio-10dlc-resubmission-2026-05-03";

/** A whole approval, as the stack's config holds it. */
export const APPROVED_RECORD = {
  status: "approved",
  plan: PLAN,
  deniedOn: "2026-05-03",
  campaignSid: `QE${"a".repeat(32)}`,
  approvedOn: "2026-06-20",
  signOff: { by: "Henry Hill", on: "2026-06-01", reference: "B14a" },
};

/** A manifest and its gate file, in a folder that `close` removes. */
export interface TestApprovals {
  readonly manifest: Manifest;
  /** Writes the gate file: that of the manifest by default. */
  write(gate?: TendlcGate, token?: string): Promise<void>;
  close(): Promise<void>;
}

/** Makes the manifest of a record, a whole approval by default. The gate file is not there yet. */
export async function testApprovals(
  tendlc: Readonly<Record<string, unknown>> = APPROVED_RECORD,
): Promise<TestApprovals> {
  const folder = await mkdtemp(join(tmpdir(), "gate-"));
  const gateFile = join(folder, "gate");
  const { handler } = testManifest();
  const manifest = testManifest({ tendlc, handler: { ...handler, releases: join(folder, "releases"), gateFile } });
  return {
    manifest,
    write: async (gate = manifest.gate, token = TOKEN) => {
      const content = gateFileContent(gate);
      await writeFile(gateFile, `${content}\n${gateFileMac(content, token)}\n`);
    },
    close: () => rm(folder, { recursive: true }),
  };
}
