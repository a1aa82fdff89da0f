/** A manifest whose local number may text, and a matching gate file, for the tests of the gate. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gateFileContent, gateFileText } from "../../../hub/gate/gate-file.ts";
import { gatesOn, type SenderGates } from "../../../hub/gate/gates-on.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { APPROVED_RECORD, PLAN, VERIFIED_RECORD } from "../../../hub/testing/records.ts";
import { TOKEN, testManifest } from "../../testing/manifest.ts";

export { APPROVED_RECORD, PLAN, VERIFIED_RECORD };

type TestRecord = Readonly<Record<string, unknown>>;

/** The records of both registrations. Without `tollfree` the config lacks that key. */
export interface TestRecords {
  readonly tendlc: TestRecord;
  readonly tollfree?: TestRecord;
}

/** A manifest and its gate file, in a folder that `close` removes. */
export interface TestApprovals {
  readonly manifest: Manifest;
  /** Writes the gate file. Default: the manifest's gates of now, signed with the tests' token. */
  write(gates?: SenderGates, token?: string): Promise<void>;
  close(): Promise<void>;
}

/** Every gate shut, for one reason. */
export function withdrawn({ gates }: Pick<Manifest, "gates">, reason = "withdrawn"): SenderGates {
  const shut = ({ kind, plan }: Manifest["gates"][string]) => ({ kind, ...(plan !== undefined && { plan }) });
  return Object.fromEntries(
    Object.entries(gates).map(([sender, gate]) => [sender, { ...shut(gate), open: false, reasons: [reason] }]),
  );
}

/** Makes a manifest with the records of the registrations: by default 10DLC is approved, and nothing else. It does not write the gate file. */
export async function testApprovals(records: TestRecords = { tendlc: APPROVED_RECORD }): Promise<TestApprovals> {
  const folder = await mkdtemp(join(tmpdir(), "gate-"));
  const gateFile = join(folder, "gate");
  const { handler } = testManifest();
  const manifest = testManifest({ ...records, handler: { ...handler, releases: join(folder, "releases"), gateFile } });
  return {
    manifest,
    write: async (gates = gatesOn(manifest.gates, new Date()), token = TOKEN) => {
      await writeFile(gateFile, gateFileText(gateFileContent(gates), token));
    },
    close: () => rm(folder, { recursive: true }),
  };
}
