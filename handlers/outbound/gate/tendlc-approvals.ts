/** The two approvals of a text under A2P 10DLC: the manifest in the running bundle, and the gate file that every `up` writes. */
import { gateFileProblem } from "../../../hub/gate/gate-file.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { readGateFile } from "./read-gate-file.ts";

/** What of the manifest the approvals need. */
export type ApprovalSource = Pick<Manifest, "gate"> & { readonly handler: Pick<Manifest["handler"], "gateFile"> };

/**
 * Why a text may not leave, or undefined where both approvals stand. The file is read at every call, so that a withdrawn approval counts at
 * once.
 *
 * @param authTokens the tokens with which the file may have been signed
 */
export async function tendlcProblem(
  { gate, handler }: ApprovalSource,
  authTokens: readonly string[],
): Promise<string | undefined> {
  if (!gate.open) return `A2P 10DLC is unapproved in the manifest: ${gate.reasons.join("; ")}`;
  const problem = await readProblem(handler.gateFile, authTokens, gate);
  return problem && `the gate file (hub:handler.gateFile) does not approve: ${problem}`;
}

async function readProblem(path: string, authTokens: readonly string[], gate: Manifest["gate"]) {
  try {
    return gateFileProblem(await readGateFile(path), authTokens, gate);
  } catch (error) {
    return `it cannot be read (${reasonOf(error)}); \`pulumi up\` writes it`;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown failure";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
