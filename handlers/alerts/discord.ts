/**
 * Sends alerts to people, through the Discord webhook of the channel `ops`.
 * Source: https://docs.discord.com/developers/resources/webhook#execute-webhook
 */
import { z } from "zod";
import { discardBody } from "../worker/response-body.ts";
import { failureOf, MAX_RETRY_AFTER_MS, retryAfterMs } from "../worker/retry.ts";

/** The webhook. */
export interface DiscordWebhook {
  /** Its full URL, which is a secret. */
  readonly webhookUrl: string;
  /** The time limit for an answer, in milliseconds. Default: 10 seconds. */
  readonly timeoutMs?: number | undefined;
}

/**
 * The outcome of an alert: Discord took it, did not take it and asks to wait for `afterMs` milliseconds, or did not take it for a reason in
 * one line.
 */
export type AlertOutcome =
  | { readonly kind: "sent" }
  | { readonly kind: "limited"; readonly afterMs: number }
  | { readonly kind: "failed"; readonly reason: string };

/** An alert that Discord did not take. */
export class AlertError extends Error {
  override readonly name = "AlertError";
  /** The reason, in the form that the log shows. */
  readonly code: string;

  constructor(reason: string) {
    super(`the Discord webhook (DISCORD_OPS_WEBHOOK) did not take an alert: ${reason}`);
    this.code = reason.replace(/[^\w]+/g, "_");
  }
}

/** The longest content that Discord takes, in characters. */
export const MAX_CONTENT_LENGTH = 2000;

const TIMEOUT_MS = 10_000;
const LIMITED_MS = 5_000;

/** https://docs.discord.com/developers/topics/rate-limits: seconds, with a fraction. */
const RateLimit = z.object({ retry_after: z.number().nonnegative() });

/** Sends an alert. It mentions nobody, whatever the content, and cuts content that is too long. It does not throw. */
export async function sendAlert(
  { webhookUrl, timeoutMs = TIMEOUT_MS }: DiscordWebhook,
  content: string,
  signal?: AbortSignal,
): Promise<AlertOutcome> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(webhookUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        content: content.slice(0, MAX_CONTENT_LENGTH).toWellFormed(),
        allowed_mentions: { parse: [] },
      }),
      redirect: "manual",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    return await outcomeOf(answer);
  } catch (error) {
    return { kind: "failed", reason: failureOf(error) };
  }
}

async function outcomeOf(answer: Response): Promise<AlertOutcome> {
  if (answer.status === 429) return { kind: "limited", afterMs: await limitOf(answer) };
  await discardBody(answer);
  return answer.ok ? { kind: "sent" } : { kind: "failed", reason: `HTTP ${answer.status}` };
}

/** Returns the pause that Discord asks for, in milliseconds. It prefers the body's exact value to the header's whole seconds. */
async function limitOf(answer: Response): Promise<number> {
  const body = RateLimit.safeParse(await answer.json().catch(() => undefined));
  const asked = body.success ? body.data.retry_after * 1000 : retryAfterMs(answer.headers.get("retry-after"));
  return Math.min(asked ?? LIMITED_MS, MAX_RETRY_AFTER_MS);
}
