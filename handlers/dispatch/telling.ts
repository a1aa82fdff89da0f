/** How a stored event is presented to an agent, and to which one. */
import { OUTBOUND_CALL } from "../twilio/parameters.ts";
import type { Telling } from "../webhook/events/webhook-kind.ts";
import { EVENTS, isAnsweredEvent } from "../webhook/events.ts";

/** A stored event, as far as its telling depends on it. */
export interface StoredEvent {
  /** Usually an event of the table; a row that another release or a person wrote may hold any name. */
  readonly kind: string;
  /** Under Twilio's names. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The name, title and agent of an event. An unknown event is still handed on. */
export function tellingOf({ kind, parameters }: StoredEvent): Telling {
  if (!isAnsweredEvent(kind)) return { name: kind, title: "Twilio reported an event.", agent: "textsAndCallbacks" };
  const { title, agent, outbound } = EVENTS[kind];
  if (outbound !== undefined && parameters.Direction === OUTBOUND_CALL) return outbound;
  return { name: kind, title, agent };
}
