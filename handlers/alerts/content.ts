/** Composes the text of an alert. */
import { maskNumber } from "../log/mask.ts";
import { oneLine } from "../worker/retry.ts";
import { MAX_CONTENT_LENGTH } from "./discord.ts";
import { minutes } from "./duration.ts";
import type { TroubleName } from "./trouble-causes.ts";
import type { DueMessage, Named } from "./trouble-records.ts";

const MAX_ID_LENGTH = 120;
const MAX_REASON_LENGTH = 200;

/** Matches a SID or one of our own ids, which stays (group 1), or a text that looks like a phone number. */
const ID_OR_NUMBER =
  /([A-Z]{2}[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|\+?\d(?:[ ().-]{0,3}\d){6,17}/g;

/** The words for a cause: one trouble, several, and that it is over. */
interface Words {
  readonly one: string;
  readonly many: string;
  readonly over: string;
  /** If the ids are numbers of the hub, which people have to know: they are shown whole. */
  readonly areOwnNumbers?: true;
  /** The steps for people. */
  readonly steps?: string;
}

const WORDS: Readonly<Record<TroubleName, Words>> = {
  "events-parked": {
    one: "event was refused by the agents' gateway",
    many: "events were refused by the agents' gateway",
    over: "no refused event is left",
  },
  "events-failing": {
    one: "event keeps failing and is retried",
    many: "events keep failing and are retried",
    over: "no event keeps failing",
  },
  "recordings-failed": {
    one: "recording could not be stored",
    many: "recordings could not be stored",
    over: "no failed recording is left",
  },
  "outbound-failed": {
    one: "call or text failed",
    many: "calls or texts failed",
    over: "no call or text has failed for a day",
  },
  "senders-unverified": {
    one: "number may not text, since Twilio does not say that it is registered",
    many: "numbers may not text, since Twilio does not say that they are registered",
    over: "Twilio says that each number is registered",
    areOwnNumbers: true,
    steps: "Look at the registration in Twilio's console. Texts leave again by themselves once Twilio says so.",
  },
  "senders-closed": {
    one: "number may not text, since the carriers refused a text of it as unregistered",
    many: "numbers may not text, since the carriers refused a text of each as unregistered",
    over: "each number was opened again",
    areOwnNumbers: true,
    steps: "Have the registration corrected, then run `node handler.mjs reopen-sender NUMBER`.",
  },
  "outbound-late": { one: "call or text is late", many: "calls or texts are late", over: "no call or text is late" },
};

/** The description of a late call or text, by its state. */
const KNOWN: Readonly<Record<string, string>> = {
  queued: "has not left",
  sending: "may have left",
  unknown: "may have left",
};

/**
 * Returns the alert: for each cause the number of new troubles, the first ids, and the last reason, or that it is over. Phone numbers are masked. If it
 * were longer than Discord takes, it names no ids, and then no reasons either.
 */
export function alertContent(messages: readonly DueMessage[]): string {
  const unnamed = messages.map((message) => ({ ...message, named: [] }));
  const bare = unnamed.map((message) => ({ ...message, reason: null }));
  const [full = "", short = "", shortest = ""] = [messages, unnamed, bare].map((given) =>
    given.flatMap(section).join("\n"),
  );
  return [full, short].find(({ length }) => length <= MAX_CONTENT_LENGTH) ?? shortest;
}

function section(message: DueMessage): string[] {
  const { cause, named, count, toldCount, isOver, seconds, reason, firstSeenAt } = message;
  const { one, many, over, areOwnNumbers = false, steps } = WORDS[cause];
  const nameOf = areOwnNumbers ? ({ id }: Named) => `\`${id}\`` : maskedName;
  const inAll = `${count} in all since ${firstSeenAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  if (isOver) return [`Twilio hub: over after ${minutes(seconds * 1_000)}: ${over}; ${inAll}.`];
  const fresh = count - toldCount;
  const others = fresh - named.length;
  return [
    `Twilio hub: ${fresh} ${toldCount > 0 ? "more " : ""}${fresh === 1 ? one : many}.${toldCount > 0 ? ` ${inAll}.` : ""}`,
    ...(named.length === 0 ? [] : [`${named.map(nameOf).join(", ")}${others > 0 ? ` and ${others} more` : ""}`]),
    ...(reason === null ? [] : [`Last reason: ${code(reason)}`]),
    ...(steps === undefined ? [] : [steps]),
  ];
}

function maskedName({ id, state }: Named): string {
  const known = state === null ? undefined : KNOWN[state];
  return `${code(id, MAX_ID_LENGTH)}${known === undefined ? "" : ` (${known})`}`;
}

/** Formats a text as code, in which Discord interprets nothing. It masks before it cuts, so that no cut hides a number from the mask. */
export function code(text: string, maxLength = MAX_REASON_LENGTH): string {
  const masked = oneLine(text)
    .replaceAll("`", "'")
    .replace(ID_OR_NUMBER, (found, id?: string) => id ?? maskNumber(found.replace(/[^+\d]/g, "")));
  return `\`${masked.slice(0, maxLength).toWellFormed()}\``;
}
