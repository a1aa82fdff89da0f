/** The two A2P 10DLC approvals that a text needs: that of the manifest in the running bundle, and that of the gate file, which `up` writes. */
import { gateFileProblem } from "../../../hub/gate/gate-file.ts";
import { gateOn, type TendlcGate } from "../../../hub/gate/gate-on.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { readGateFile } from "./read-gate-file.ts";

/** The part of the manifest that the approvals need. */
export type ApprovalSource = Pick<Manifest, "gate"> & { readonly handler: Pick<Manifest["handler"], "gateFile"> };

/**
 * Returns why a text may not leave, or undefined if both approvals stand. It reads the file at every call, so that the withdrawal of an
 * approval takes effect at once, and at the time of the call, since an approval of a day to come approves nothing.
 *
 * @param keys the keys that the file may be signed with
 * @param now the time at which the text would leave
 */
export async function tendlcProblem(
  manifest: ApprovalSource,
  keys: readonly string[],
  now = new Date(),
): Promise<string | undefined> {
  const gate = gateOn(manifest.gate, now);
  if (!gate.open) return `A2P 10DLC is unapproved in the manifest: ${gate.reasons.join("; ")}`;
  const problem = await readProblem(manifest.handler.gateFile, keys, gate);
  return problem && `the gate file (hub:handler.gateFile) does not approve: ${problem}`;
}

async function readProblem(path: string, keys: readonly string[], gate: TendlcGate) {
  try {
    return gateFileProblem(await readGateFile(path), keys, gate);
  } catch (error) {
    return `it cannot be read (${reasonOf(error)}); \`pulumi up\` writes it`;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown failure";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
