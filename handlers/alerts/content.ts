/** What an alert says. */
import { maskNumber } from "../log/mask.ts";
import { oneLine } from "../work/retry.ts";

/** Something that people must look at. */
export interface Trouble {
  /** The event's id, or the recording's SID. */
  readonly id: string;
  readonly reason: string | undefined;
}

/** A call or text that is not where it should be by now. */
export interface OutboundTrouble extends Trouble {
  readonly state: string;
}

/** How many are named. */
const NAMED = 3;
const MAX_ID_LENGTH = 120;
const MAX_REASON_LENGTH = 200;

/** A SID or an id of our own, which stays, or what looks like a phone number. */
const ID_OR_NUMBER =
  /([A-Z]{2}[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|\+?\d(?:[ ().-]{0,3}\d){6,17}/g;

/** What people are told of, by what they can do about it. */
export interface Troubles {
  /** Events that were refused for good. */
  readonly parked: readonly Trouble[];
  /** Events that fail, and are tried on. */
  readonly failing: readonly Trouble[];
  /** Recordings that were given up. */
  readonly recordings: readonly Trouble[];
  /** Calls and texts that failed, that do not leave, or of which nobody can tell. */
  readonly outbound: readonly OutboundTrouble[];
}

/** What is known of a call or text, by its state. */
const KNOWN: Readonly<Record<string, string>> = {
  failed: "failed",
  queued: "has not left",
  sending: "left or not, nobody knows",
  unknown: "left or not, nobody knows",
};

/** The alert: how many there are, the first of them, and the last reason. Phone numbers are masked. */
export function alertContent({ parked, failing, recordings, outbound }: Troubles): string {
  return [
    ...section(parked, "event was refused by the agents' gateway", "events were refused by the agents' gateway"),
    ...section(failing, "event keeps failing and is tried on", "events keep failing and are tried on"),
    ...section(recordings, "recording could not be stored", "recordings could not be stored"),
    ...section(outbound, "call or text needs a look", "calls or texts need a look"),
  ].join("\n");
}

function section(troubles: readonly (Trouble | OutboundTrouble)[], one: string, many: string): string[] {
  if (troubles.length === 0) return [];
  const named = troubles.slice(0, NAMED).map((trouble) => {
    const known = "state" in trouble ? KNOWN[trouble.state] : undefined;
    return `${code(trouble.id, MAX_ID_LENGTH)}${known === undefined ? "" : ` (${known})`}`;
  });
  const others = troubles.length - named.length;
  const reason = troubles.findLast((trouble) => trouble.reason !== undefined)?.reason;
  return [
    `Twilio hub: ${troubles.length} ${troubles.length === 1 ? one : many}.`,
    `${named.join(", ")}${others > 0 ? ` and ${others} more` : ""}`,
    ...(reason === undefined ? [] : [`Last reason: ${code(reason, MAX_REASON_LENGTH)}`]),
  ];
}

/** As code, in which Discord makes nothing of what stands there. The cut comes last, so that it does not hide a number from the mask. */
function code(text: string, maxLength: number): string {
  const masked = oneLine(text)
    .replaceAll("`", "'")
    .replace(ID_OR_NUMBER, (found, id?: string) => id ?? maskNumber(found.replace(/[^+\d]/g, "")));
  return `\`${masked.slice(0, maxLength).toWellFormed()}\``;
}
