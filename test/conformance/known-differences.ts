/**
 * How a stand-in's answers differ from the real plugin's on purpose. Everything else must be the same.
 *
 * Differences that no recorded answer shows:
 * - The real Cloudflare provider repeats a request that is answered 429 or 5xx for about three minutes before it fails. The stand-in fails at once.
 * - A real plugin takes one parameter in its life, and the engine starts one for each provider. A stand-in is attached once, and takes several.
 * - The words for a vendor that cannot be reached are the stand-in's own.
 * - `ApiAccountsMessages` and `MessagingServicesComplianceUsa2pV1` have few of the real ones' outputs: policies block them before any is read.
 */
import type { RecordedCall } from "../../tools/recordings/fixture.ts";
import { textsOf } from "../../tools/recordings/map-texts.ts";
import { isShortened } from "../../tools/recordings/shorten.ts";
import { type StandIn, standInOf } from "./recorded-runs.ts";

/** A property that is not compared, and why. */
export interface KnownDifference {
  readonly standIn: StandIn;
  readonly methods: readonly string[];
  /** The properties of the answer that may differ. If it is absent, the call is not replayed at all. */
  readonly property?: RegExp;
  /** Which of the calls; all of them unless given. */
  readonly of?: (call: RecordedCall) => boolean;
  readonly reason: string;
}

const BRIDGE_STATE = /^response\.properties\.__(?:meta|pulumi_raw_state_delta)(?:\.|$)/;
const BRIDGE_REASON =
  "the bridge's own notes in the state; nobody else reads them, and a real plugin takes a state without them";
const SCRIPT_REASON =
  "a fixture has only the beginning of a script, so it cannot run; test/deploy runs the scripts themselves";

/** The table. A row that hides no difference any more fails the conformance test. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  { standIn: "cloudflare", methods: ["Read", "Update"], property: BRIDGE_STATE, reason: BRIDGE_REASON },
  { standIn: "terraform-provider", methods: ["Read", "Update"], property: BRIDGE_STATE, reason: BRIDGE_REASON },
  { standIn: "command", methods: ["Invoke"], of: runsShortenedScript, reason: SCRIPT_REASON },
  { standIn: "command", methods: ["Create", "Update"], of: runsShortenedScript, reason: SCRIPT_REASON },
  {
    standIn: "command",
    methods: ["Create"],
    property: /^response\.id$/,
    reason: "the resource's name and eight random digits",
  },
];

function runsShortenedScript({ method, request }: RecordedCall): boolean {
  const isRun = method.endsWith("/Invoke") || request.preview !== true;
  return isRun && textsOf([request.args, request.properties, request.news]).some(isShortened);
}

/** The row by which a call is not replayed, if there is one. */
export function whyNotReplayed(call: RecordedCall): KnownDifference | undefined {
  return KNOWN_DIFFERENCES.find((row) => row.property === undefined && covers(row, call));
}

/** The row that allows a difference in a property of a call's answer, if there is one. */
export function whyDifferent(call: RecordedCall, property: string): KnownDifference | undefined {
  return KNOWN_DIFFERENCES.find((row) => row.property?.test(property) && covers(row, call));
}

function covers({ standIn, methods, of }: KnownDifference, call: RecordedCall): boolean {
  const method = call.method.slice(call.method.indexOf("/") + 1);
  return standInOf(call) === standIn && methods.includes(method) && (of === undefined || of(call));
}
