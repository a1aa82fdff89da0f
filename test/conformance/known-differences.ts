/**
 * The intended differences between a stand-in's answers and the real plugin's. Everything else must be the same.
 *
 * Differences that no recorded answer shows:
 * - The real Cloudflare provider repeats a request that is answered 429 or 5xx for about three minutes before it fails. The stand-in fails at once.
 * - A real plugin accepts one parameter in its lifetime, and the engine starts a plugin for each provider. A stand-in is attached once and accepts several.
 * - A stand-in has its own message for a vendor that cannot be reached.
 * - `ApiAccountsMessages` and `MessagingServicesComplianceUsa2pV1` have few of the real outputs: policies block them before any output is read.
 */
import type { RecordedCall } from "../../tools/recordings/fixture.ts";
import { textsOf } from "../../tools/recordings/map-texts.ts";
import { isShortened } from "../../tools/recordings/shorten.ts";
import { type StandIn, standInOf } from "./recorded-runs.ts";

/** A property that is not compared, and why. */
export interface KnownDifference {
  readonly standIn: StandIn;
  readonly methods: readonly string[];
  /** The properties of the answer that may differ. If absent, the call is not replayed at all. */
  readonly property?: RegExp;
  /** Selects the calls. Default: all of them. */
  readonly of?: (call: RecordedCall) => boolean;
  readonly reason: string;
}

const BRIDGE_STATE = /^response\.properties\.__(?:meta|pulumi_raw_state_delta)(?:\.|$)/;
const BRIDGE_REASON =
  "the bridge's own notes in the state; nobody else reads them, and a real plugin accepts a state without them";
const SCRIPT_REASON =
  "a fixture has only the beginning of a script, so it cannot run; test/deploy runs the scripts themselves";

/** The table. The conformance test fails if a row hides no difference. */
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

/** Returns the row that excludes a call from the replay, if there is one. */
export function whyNotReplayed(call: RecordedCall): KnownDifference | undefined {
  return KNOWN_DIFFERENCES.find((row) => row.property === undefined && covers(row, call));
}

/** Returns the row that allows a difference in a property of a call's answer, if there is one. */
export function whyDifferent(call: RecordedCall, property: string): KnownDifference | undefined {
  return KNOWN_DIFFERENCES.find((row) => row.property?.test(property) && covers(row, call));
}

function covers({ standIn, methods, of }: KnownDifference, call: RecordedCall): boolean {
  const method = call.method.slice(call.method.indexOf("/") + 1);
  return standInOf(call) === standIn && methods.includes(method) && (of === undefined || of(call));
}
