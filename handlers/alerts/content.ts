/** Composes the text of an alert. */
import { maskNumber } from "../log/mask.ts";
import { oneLine } from "../worker/retry.ts";

/** An event, recording, call or text that people must look at. */
export interface Trouble {
  /** The event's id, the recording's SID, or the kind and id of a call or text. */
  readonly id: string;
  readonly reason: string | undefined;
}

/** A call or text that failed or is late. */
export interface OutboundTrouble extends Trouble {
  /** A state of `OUTBOUND_STATES`. */
  readonly state: string;
}

/** How many troubles of a section are named. */
const NAMED = 3;
const MAX_ID_LENGTH = 120;
const MAX_REASON_LENGTH = 200;

/** Matches a SID or one of our own ids, which stays (group 1), or a text that looks like a phone number. */
const ID_OR_NUMBER =
  /([A-Z]{2}[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|\+?\d(?:[ ().-]{0,3}\d){6,17}/g;

/** The troubles of an alert, grouped by what people can do about them. */
export interface Troubles {
  /** Events that the gateway refused for good. */
  readonly parked: readonly Trouble[];
  /** Events that keep failing and are retried. */
  readonly failing: readonly Trouble[];
  /** Recordings that were given up. */
  readonly recordings: readonly Trouble[];
  /** Calls and texts that failed, have not left, or whose outcome is unknown. */
  readonly outbound: readonly OutboundTrouble[];
}

/** The description of a call or text, by its state. */
const KNOWN: Readonly<Record<string, string>> = {
  failed: "failed",
  queued: "has not left",
  sending: "may have left",
  unknown: "may have left",
};

/** Returns the alert: for each section the count, the first ids, and the last reason. Phone numbers are masked. */
export function alertContent({ parked, failing, recordings, outbound }: Troubles): string {
  return [
    ...section(parked, "event was refused by the agents' gateway", "events were refused by the agents' gateway"),
    ...section(failing, "event keeps failing and is retried", "events keep failing and are retried"),
    ...section(recordings, "recording could not be stored", "recordings could not be stored"),
    ...section(outbound, "call or text needs attention", "calls or texts need attention"),
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
    ...(reason === undefined ? [] : [`Last reason: ${code(reason)}`]),
  ];
}

/** Formats a text as code, in which Discord interprets nothing. It masks before it cuts, so that no cut hides a number from the mask. */
export function code(text: string, maxLength = MAX_REASON_LENGTH): string {
  const masked = oneLine(text)
    .replaceAll("`", "'")
    .replace(ID_OR_NUMBER, (found, id?: string) => id ?? maskNumber(found.replace(/[^+\d]/g, "")));
  return `\`${masked.slice(0, maxLength).toWellFormed()}\``;
}
