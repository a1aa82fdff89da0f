/** The approvals of a running handler. */

import type { Approval, Approvals } from "./approvals.ts";
import { createGateFileApproval } from "./gate-file-approval.ts";
import { type ApprovalSource, createManifestApproval } from "./manifest-approval.ts";

/** The things that the approvals need. */
export interface ApprovalContext {
  readonly manifest: ApprovalSource;
  /** Returns the keys that are valid now. The gate file must be signed with one of them. */
  readonly gateFileKeys: () => readonly string[];
  /** Twilio's approval (twilio-approval.ts). */
  readonly twilio: Approval;
}

/** Makes the approvals of a handler, once, when its workers start. */
export function createApprovals({ manifest, gateFileKeys, twilio }: ApprovalContext): Approvals {
  return {
    manifest: createManifestApproval(manifest),
    gateFile: createGateFileApproval(manifest, gateFileKeys),
    twilio,
  };
}
