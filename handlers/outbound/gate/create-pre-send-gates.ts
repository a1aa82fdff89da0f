/** The pre-send gates of a running handler. */
import type { Pool } from "pg";
import type { Manifest } from "../../../hub/manifest.ts";
import type { PreSendGate, PreSendGates } from "./pre-send-gates.ts";

/** The things that a gate may need for its verdict. */
export interface PreSendContext {
  /** The workers' connections. The sender holds none of them while a text passes the gates. */
  readonly pool: Pool;
  readonly manifest: Manifest;
}

/** Makes the five gates of a handler, once, when its workers start. */
export type PreSendGatesFactory = (context: PreSendContext) => PreSendGates;

const notImplemented: PreSendGate = async () => ({ passed: false, reason: "not implemented" });

/** Gates that are not written yet: each blocks. */
export const UNIMPLEMENTED_GATES: PreSendGates = Object.freeze({
  "gate-computer": notImplemented,
  "compliance-gate": notImplemented,
  "blast-safety": notImplemented,
  "thread-context": notImplemented,
  "response-generator": notImplemented,
});

/**
 * The gates in production. To add one, write it in a file of this folder and put it over the unimplemented one here:
 * `({ pool }) => ({ ...UNIMPLEMENTED_GATES, "blast-safety": createBlastSafety(pool) })`.
 */
export const createPreSendGates: PreSendGatesFactory = () => UNIMPLEMENTED_GATES;
