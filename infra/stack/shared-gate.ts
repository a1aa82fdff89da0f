/** The 10DLC gate as other programs read it from the stack's output `gate`: salesmsg and openphone-quo share the campaign. */
import type { HubConfig } from "../../hub/config/config.ts";
import { gateOn } from "../../hub/gate/gates-on.ts";
import { tendlcGate } from "../../hub/gate/tendlc.ts";

/** The gate of A2P 10DLC. It says nothing about toll-free numbers. Dates are `YYYY-MM-DD`. */
export type SharedGate = { readonly plan: string } & (
  | { readonly open: true; readonly campaignSid: string; readonly approvedOn: string; readonly signedOffOn: string }
  | { readonly open: false; readonly reasons: readonly string[] }
);

/** The 10DLC gate at a time. */
export function sharedGate({ tendlc, owners }: Pick<HubConfig, "tendlc" | "owners">, now: Date): SharedGate {
  const { plan } = tendlc;
  const gate = gateOn(tendlcGate(tendlc, owners), now);
  if (!gate.open) return { plan, open: false, reasons: gate.reasons };
  const { sid, approvedOn, signedOffOn } = gate;
  return { plan, open: true, campaignSid: sid, approvedOn, signedOffOn };
}
