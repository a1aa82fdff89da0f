/** The second approval: that of the gate file, which every `up` writes. */
import { gateFileProblem } from "../../../hub/gate/gate-file.ts";
import { gateOf } from "../../../hub/gate/gate-of.ts";
import { gatesOn } from "../../../hub/gate/gates-on.ts";
import type { Approval } from "./approvals.ts";
import type { ApprovalSource } from "./manifest-approval.ts";
import { readGateFile } from "./read-gate-file.ts";

/**
 * Makes the gate file's approval. It reads the file at every call, so that the withdrawal of an approval takes effect at once.
 *
 * @param keys returns the keys that the file may be signed with now
 */
export function createGateFileApproval(manifest: ApprovalSource, keys: () => readonly string[]): Approval {
  return async (sender, now) => {
    const valid = keys();
    const gate = gateOf(gatesOn(manifest.gates, now), sender);
    try {
      const problem = gateFileProblem(await readGateFile(manifest.handler.gateFile), valid, sender, gate);
      return problem === undefined ? [] : [problem];
    } catch (error) {
      return [`it cannot be read (${reasonOf(error)}); \`pulumi up\` writes it`];
    }
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown failure";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
