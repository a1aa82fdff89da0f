/** A manifest whose gate is open, and a matching gate file, for the tests of the gate. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gateFileContent, gateFileMac } from "../../../hub/gate/gate-file.ts";
import { gateOn, type TendlcGate } from "../../../hub/gate/gate-on.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { TOKEN, testManifest } from "../../testing/manifest.ts";

/** The plan in {@link APPROVED_RECORD}. */
export const PLAN = "osil-twilio-10dlc-resubmission-2026-05-03";

/** A complete approval, as in the stack's config. */
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
  /** Writes the gate file. Default: the manifest's gate of now, signed with the tests' token. */
  write(gate?: TendlcGate, token?: string): Promise<void>;
  close(): Promise<void>;
}

/** Makes a manifest with a 10DLC record, a complete approval by default. It does not write the gate file. */
export async function testApprovals(
  tendlc: Readonly<Record<string, unknown>> = APPROVED_RECORD,
): Promise<TestApprovals> {
  const folder = await mkdtemp(join(tmpdir(), "gate-"));
  const gateFile = join(folder, "gate");
  const { handler } = testManifest();
  const manifest = testManifest({ tendlc, handler: { ...handler, releases: join(folder, "releases"), gateFile } });
  return {
    manifest,
    write: async (gate = gateOn(manifest.gate, new Date()), token = TOKEN) => {
      const content = gateFileContent(gate);
      await writeFile(gateFile, `${content}\n${gateFileMac(content, token)}\n`);
    },
    close: () => rm(folder, { recursive: true }),
  };
}
