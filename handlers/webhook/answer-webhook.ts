/** What a webhook is answered with, by its event. */

import type { Manifest } from "../../hub/manifest.ts";
import { type HostName, type HttpsUrl, manifestUrls } from "../../hub/urls/urls.ts";
import { answerTurn } from "../call/call-flow.ts";
import { noReply, TWIML_TYPE } from "../call/twiml.ts";
import type { Answer } from "../twilio/answer.ts";
import type { Webhook } from "./check-webhook.ts";

/** How a call is answered: `fallback` where the database does not take it. */
export type AnswerMode = "normal" | "fallback";

/** What the answers are made from. */
export interface Answering {
  readonly voice: Manifest["voice"];
  /** The hub's own numbers, in E.164. */
  readonly ownNumbers: ReadonlySet<string>;
  /** Where Twilio reports a recording, for a call of each host. */
  readonly recordingUrls: Readonly<Record<HostName, HttpsUrl>>;
}

/**
 * What the answers of a manifest's webhooks are made from.
 *
 * @throws Error where no route has the event `recording-complete`
 */
export function answeringOf(manifest: Manifest): Answering {
  const urls = manifestUrls(manifest).filter(({ route }) => route.event === "recording-complete");
  const canonical = urls.find(({ host }) => host === "canonical")?.url;
  if (canonical === undefined) throw new Error("hub/routes.ts: no routed path has the event recording-complete");
  // Where no mount of the funnel covers the path, the canonical host alone has it.
  const funnel = urls.find(({ host }) => host === "funnel")?.url ?? canonical;
  const ownNumbers: ReadonlySet<string> = new Set(manifest.numbers.map(({ number }) => number));
  return { voice: manifest.voice, ownNumbers, recordingUrls: { canonical, funnel } };
}

/**
 * The answer to a webhook that passed its checks. A call's next turn, and its recording's callback, go to the host whose URL verified, so a
 * call that failed over stays there.
 */
export function answerWebhook(webhook: Webhook, answering: Answering, now: Date, mode: AnswerMode): Answer {
  switch (webhook.route.event) {
    case "inbound-call":
      return twiml(answerCall(webhook, answering, now, mode));
    case "inbound-text":
      return twiml(noReply());
    case "call-status":
    case "recording-complete":
    case "transcription":
    case "text-status":
      return { status: 204, body: "" };
  }
}

function answerCall(webhook: Webhook, answering: Answering, now: Date, mode: AnswerMode): string {
  const { parameters, turn, url, host } = webhook;
  const { voice, ownNumbers, recordingUrls } = answering;
  const recordingStatusCallback = recordingUrls[host];
  const canListen = mode === "normal";
  return answerTurn({ turn, parameters, url, recordingStatusCallback, voice, ownNumbers, now, canListen });
}

function twiml(body: string): Answer {
  return { status: 200, type: TWIML_TYPE, body };
}
