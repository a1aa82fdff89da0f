/** Sets off traps, directly and through proxies, and judges what happens. */
import { CREDENTIALS, formWebhook } from "../../../../handlers/testing/manifest.ts";
import type { UrlSource } from "../../../../hub/urls/urls.ts";
import { newWebhook, urlOf } from "../../../support/handler/new-webhooks.ts";
import { exchange, type RawAnswers, type RawWebhook, rawWebhook, wholeOf } from "./raw.ts";
import type { Trap } from "./trap.ts";

/** The longest time for the handler to end a connection, in milliseconds: it waits 5 seconds for a head. */
const PATIENCE_MS = 15_000;

/** A proxy may wait for more. Who sends a trap through it listens only for so long, in milliseconds. */
const PROXY_PATIENCE = { totalMs: 2_000, silenceMs: 200 };

/** A trap that was set off. */
export interface Sprung {
  readonly trap: Trap;
  readonly answers: RawAnswers;
  readonly first: RawWebhook;
  /** The genuine webhooks that nobody may serve. */
  readonly hidden: readonly RawWebhook[];
}

/**
 * Sets a trap off at the handler. If the connection must end, a genuine webhook follows, which must not be served. Otherwise a request follows that
 * ends it.
 */
export async function springDirectly(port: number, trap: Trap, manifest: UrlSource): Promise<Sprung> {
  const [first, inside, behind] = [webhookOf(manifest), webhookOf(manifest), webhookOf(manifest)];
  const last = "GET /end HTTP/1.1\r\nHost: webhook.reri.co\r\nConnection: close\r\n\r\n";
  const more = trap.isLast ? wholeOf(behind) : last;
  const bytes = trap.bytes(first, wholeOf(inside)) + (trap.isHalfClosed || trap.isAlone ? "" : more);
  const patience = { totalMs: PATIENCE_MS, ...(trap.isHalfClosed && { isHalfClosed: true }) };
  return { trap, answers: await exchange(port, bytes, patience), first, hidden: [inside, behind] };
}

/** Sets a trap off at a proxy. What the proxy itself may read as a second request is left out. */
export async function springThrough(port: number, trap: Trap, manifest: UrlSource): Promise<Sprung> {
  const [first, inside] = [webhookOf(manifest), webhookOf(manifest)];
  const patience = { ...PROXY_PATIENCE, ...(trap.isHalfClosed && { isHalfClosed: true }) };
  return { trap, answers: await exchange(port, trap.bytes(first, wholeOf(inside)), patience), first, hidden: [inside] };
}

/** Says what is wrong with what the handler did; undefined if nothing is. */
export function faultDirectly(
  { trap, answers, first, hidden }: Sprung,
  stored: ReadonlyMap<string, number>,
): string | undefined {
  const wanted = trap.isLast ? trap.statuses : trap.statuses.map((statuses) => `${statuses},404`);
  const given = answers.statuses.join();
  if (!answers.hasEnded) return "the connection did not end";
  if (!wanted.includes(given)) return `answered ${given}, not ${wanted.join(" or ")}`;
  if (answers.text.startsWith("HTTP/1.1 100") && trap.bytes(first, "").includes("HTTP/1.0"))
    return "asked HTTP/1.0 for its body";
  if ((stored.get(first.sid) ?? 0) !== Number(trap.isStored)) return "stored, or not stored, against the table";
  return hidden.some(({ sid }) => stored.has(sid)) ? "a hidden request was served" : undefined;
}

/** Says what is wrong with what came through a proxy; undefined if nothing is. The proxy decides whether it passes the first request on. */
export function faultThrough(
  { trap, answers, first, hidden }: Sprung,
  stored: ReadonlyMap<string, number>,
): string | undefined {
  const most = Math.max(...trap.statuses.map((statuses) => statuses.split(",").length)) + Number(trap.hasRest ?? false);
  if (answers.statuses.length > most) return `answered ${answers.statuses.join()}`;
  if ((stored.get(first.sid) ?? 0) > 1) return "stored twice";
  return hidden.some(({ sid }) => stored.has(sid)) ? "a hidden request was served" : undefined;
}

/** Whether a probe through a port gets the answer to itself. It gets another one if a trap has left an answer or a request on a shared connection. */
export async function answersItself(port: number, manifest: UrlSource, nonce: string): Promise<boolean> {
  const probe = formWebhook(urlOf(manifest, "call-status").url, {
    AccountSid: CREDENTIALS.accountSid,
    HubProbe: nonce,
  });
  const { target, headers, body = "" } = probe;
  const webhook = { target, signature: headers["x-twilio-signature"] ?? "", body, sid: "" };
  const { text, statuses } = await exchange(port, wholeOf(webhook, ["Connection: close"]), { totalMs: PATIENCE_MS });
  return statuses.join() === "200" && text.includes(nonce);
}

function webhookOf(manifest: UrlSource): RawWebhook {
  return rawWebhook(newWebhook(urlOf(manifest, "call-status")));
}
