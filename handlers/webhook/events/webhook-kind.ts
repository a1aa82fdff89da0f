/** The shape of a webhook event's entry in the table `handlers/webhook/events.ts`. */
import type { z } from "zod";
import type { Manifest } from "../../../hub/manifest.ts";
import type { CandidateUrl, HostName, HttpsUrl } from "../../../hub/urls/urls.ts";
import type { WebhookRecord } from "../../spool/record.ts";
import type { Answer } from "../../twilio/answer.ts";
import type { WebhookParameters } from "../../twilio/parameters.ts";

/** The part of a webhook's record that is read from its parameters. */
export interface ReportedEvent extends Pick<WebhookRecord, "call" | "text" | "recording"> {
  readonly sid: string;
  readonly step: string;
  readonly isDispatched: boolean;
}

/** The parts of a verified webhook that its answer depends on. */
export interface VerifiedWebhook extends Pick<CandidateUrl, "host" | "url"> {
  readonly parameters: Readonly<WebhookParameters>;
  /** The turn of a call; 0 for every other webhook. */
  readonly turn: number;
}

/** How a call is answered: `fallback` if the database does not take the webhook. */
export type AnswerMode = "normal" | "fallback";

/** The parts of a manifest that answers are made from. */
export interface Answering {
  readonly voice: Manifest["voice"];
  /** The hub's own numbers, in E.164. */
  readonly ownNumbers: ReadonlySet<string>;
  /** The URL for the callback of a recording, for a call on each host. */
  readonly recordingUrls: Readonly<Record<HostName, HttpsUrl>>;
}

/** The circumstances of one answer. */
export interface AnswerContext extends Answering {
  readonly now: Date;
  readonly mode: AnswerMode;
}

/** How an event is presented to an OpenClaw agent. */
export interface Telling {
  /** The event's name for the agent. */
  readonly name: string;
  /** The first line of the message. */
  readonly title: string;
  /** The config key of the agent, under `hub:openclaw.agents`. */
  readonly agent: keyof Manifest["openclaw"]["agents"];
}

/** An event that Twilio reports: how it is read and answered, and which agent hears of it. */
export interface WebhookKind extends Omit<Telling, "name"> {
  /** Whether its URL counts the turns of a call. */
  readonly hasTurns: boolean;
  /** Replaces the event's own name, title and agent if the hub placed the call. */
  readonly outbound?: Telling;
  /** Reads the parameters. Undefined if one is missing, repeated or malformed. */
  read(parameters: Readonly<WebhookParameters>, turn: number): ReportedEvent | undefined;
  answer(webhook: VerifiedWebhook, context: AnswerContext): Answer;
}

/** The definition of a {@link WebhookKind}. */
interface Definition<Parameters> extends Omit<WebhookKind, "hasTurns" | "read"> {
  readonly hasTurns?: boolean;
  /** The parameters that the handler reads. */
  readonly schema: z.ZodType<Parameters>;
  /** Reads parameters that the schema took; `all` are the webhook's own. */
  read(reported: Parameters, turn: number, all: Readonly<WebhookParameters>): ReportedEvent;
}

/** Makes an entry. */
export function webhookKind<Parameters>(definition: Definition<Parameters>): WebhookKind {
  const { schema, read, hasTurns = false, ...kind } = definition;
  return {
    ...kind,
    hasTurns,
    read: (parameters, turn) => {
      const { success, data } = schema.safeParse(parameters);
      return success ? read(data, turn, parameters) : undefined;
    },
  };
}
