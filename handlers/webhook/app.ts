/** The app that answers webhooks. The Node server and the Lambda handler both run it. */

import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import { candidateFinder } from "../../hub/urls/urls.ts";
import type { RefusedKeys } from "../alerts/refused-keys.ts";
import { logError, logInfo, logWarning } from "../log/log.ts";
import {
  answerSeconds,
  replays,
  spooled,
  unknownSigningKeys,
  webhooksAnswered,
  webhooksSigned,
} from "../log/metrics.ts";
import { probeAnswer } from "../release/probe-request.ts";
import { releaseName } from "../release/release.ts";
import type { WebhookRecord } from "../spool/record.ts";
import type { Credentials } from "../start/credentials.ts";
import type { Kept, Store } from "../storage/store.ts";
import { type Answer, FAILED, refusalAnswer, UNAVAILABLE } from "../twilio/answer.ts";
import type { Delivered } from "../twilio/request.ts";
import { UNKNOWN_STATUS_RANK } from "../twilio/status-rank.ts";
import { answeringOf } from "./answering.ts";
import type { Trust } from "./check-head.ts";
import { checkWebhook, type Refusal, type Webhook } from "./check-webhook.ts";
import type { AnswerMode } from "./events/webhook-kind.ts";
import { EVENTS } from "./events.ts";
import { logRefusal } from "./refusal-log.ts";
import { AUTH_TOKEN, requireSigners } from "./signer.ts";

/** The settings of {@link createApp}. */
export interface AppSettings {
  readonly manifest: Manifest;
  readonly credentials: Credentials;
  readonly store: Pick<Store, "keep">;
  /** The longest time from a request's arrival to its answer, in milliseconds. */
  readonly answerDeadlineMs: number;
  /** Remembers the keys that requests name and that may not sign, for an alert. If absent, nobody is alerted. */
  readonly refusedKeys?: Pick<RefusedKeys, "see"> | undefined;
  /** The release name that a probe is answered with. Default: {@link releaseName}. */
  readonly release?: string;
}

/** Answers a request. It does not throw. */
export type App = (delivered: Delivered) => Promise<Answer>;

/**
 * The app that answers the manifest's webhooks. Each is checked, then kept, and only then answered. The URL whose signature verified gives
 * the route.
 *
 * @throws Error if the credentials hold neither an auth token nor a signing key, or an empty one
 */
export function createApp(settings: AppSettings): App {
  const { manifest, credentials, store, answerDeadlineMs, refusedKeys, release = releaseName() } = settings;
  const running = { release, manifest: manifestDigest(manifest) };
  requireSigners(credentials);
  countFromZero(credentials);
  const answering = answeringOf(manifest);
  const trust: Trust = { candidatesFor: candidateFinder(manifest), credentials };

  async function answer(delivered: Delivered): Promise<Answer> {
    const checked = await checkWebhook(delivered, trust);
    if ("refusal" in checked) {
      return refused(checked, delivered);
    }
    if ("nonce" in checked) return counted(delivered, "probe", probeAnswer(checked.nonce, running));
    const { webhook } = checked;
    const kept = await keep(webhook, delivered);
    webhooksSigned.inc(signedLabels(webhook.signedBy, webhook.hasQuery));
    logAnswer(webhook, kept, delivered);
    warnOfUnknownStatus(webhook);
    return counted(delivered, webhook.route.event, kept.answer);
  }

  function refused({ refusal, refusedKey }: Refusal, delivered: Delivered): Answer {
    if (refusedKey !== undefined) {
      unknownSigningKeys.inc({ reason: refusedKey.reason });
      refusedKeys?.see(refusedKey, Date.now());
    }
    logRefusal(refusal, delivered, refusedKey);
    return counted(delivered, "refused", refusalAnswer(refusal));
  }

  async function keep(webhook: Webhook, delivered: Delivered): Promise<Kept | Lost> {
    const now = new Date();
    const answerIn = (mode: AnswerMode) => EVENTS[webhook.route.event].answer(webhook, { ...answering, now, mode });
    const record = recordOf(webhook, answerIn("normal"), now);
    const fallback = () => answerIn("fallback");
    try {
      return await store.keep(record, fallback, delivered.arrivedAt + answerDeadlineMs);
    } catch (error) {
      logError("a webhook could not be kept", error, { requestId: delivered.requestId });
      return { answer: UNAVAILABLE, how: "lost" };
    }
  }

  return async (delivered) => {
    try {
      return await answer(delivered);
    } catch (error) {
      logError("uncaught error", error, { requestId: delivered.requestId });
      return counted(delivered, "refused", FAILED);
    }
  };
}

/** The outcome for a webhook that was not kept: its answer must not be a success. */
interface Lost {
  readonly answer: Answer;
  readonly how: "lost";
}

function recordOf(webhook: Webhook, answer: Answer, now: Date): WebhookRecord {
  const { sid, step, isDispatched, call, text, recording } = webhook.reported;
  const { route, host, parameters, signedHash } = webhook;
  const event = { sid, kind: route.event, step, host, parameters, receivedAt: now.toISOString(), isDispatched };
  return { signedHash, answer, event, call, text, recording };
}

/** Shows from the start which signers this process accepts, or will accept once their time comes. */
function countFromZero({ authTokens, signingKeys }: Credentials): void {
  const signers = [...(authTokens.length > 0 ? [AUTH_TOKEN] : []), ...signingKeys.map(({ id }) => id)];
  for (const by of signers) for (const hasQuery of [true, false]) webhooksSigned.inc(signedLabels(by, hasQuery), 0);
}

/** The labels of a signed webhook. The signers are those of the manifest, so a client cannot add one. */
function signedLabels(by: string, hasQuery: boolean): { readonly by: string; readonly query: "yes" | "no" } {
  return { by, query: hasQuery ? "yes" : "no" };
}

function logAnswer(
  { route, host, reported, turn, signedBy }: Webhook,
  { answer, how }: Kept | Lost,
  delivered: Delivered,
): void {
  if (how === "repeat") replays.inc();
  if (how === "spooled") spooled.inc();
  logInfo("webhook", {
    requestId: delivered.requestId,
    event: route.event,
    host,
    ...(turn > 0 && { turn }),
    ...(signedBy !== AUTH_TOKEN && { signedBy }),
    ...(reported.call && { callSid: reported.call.callSid }),
    ...(reported.text && { messageSid: reported.text.messageSid }),
    status: answer.status,
    kept: how,
    milliseconds: Math.round(performance.now() - delivered.arrivedAt),
  });
}

/** A status that Twilio has added since is stored, but nobody knows whether it is final. A person must add its rank. */
function warnOfUnknownStatus({ route, reported: { call, text } }: Webhook): void {
  const { status, statusRank } = call ?? text ?? {};
  if (statusRank !== UNKNOWN_STATUS_RANK) return;
  logWarning("Twilio reports a status that this release does not know", { event: route.event, status });
}

function counted(delivered: Delivered, event: string, answer: Answer): Answer {
  webhooksAnswered.inc({ event, status: answer.status });
  answerSeconds.observe({ event }, (performance.now() - delivered.arrivedAt) / 1_000);
  return answer;
}
