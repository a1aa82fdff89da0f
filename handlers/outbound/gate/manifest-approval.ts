/** The first approval: that of the manifest in the running bundle. */
import { gateOf } from "../../../hub/gate/gate-of.ts";
import { gatesOn } from "../../../hub/gate/gates-on.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import type { Approval } from "./approvals.ts";

/** The part of the manifest that the approvals need. */
export type ApprovalSource = Pick<Manifest, "gates"> & { readonly handler: Pick<Manifest["handler"], "gateFile"> };

/** Makes the manifest's approval. It looks at the time of the text, since an approval of a day to come approves nothing. */
export function createManifestApproval(manifest: ApprovalSource): Approval {
  return async (sender, now) => {
    const gate = gateOf(gatesOn(manifest.gates, now), sender);
    return gate.open ? [] : gate.reasons;
  };
}
