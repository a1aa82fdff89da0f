/**
 * Alerts people about signing keys that webhooks name and that may not sign: somebody may have made a Rule at Twilio, and then every call is refused.
 * The header is not signed, so the alert says that it may be forged, and there are few of them.
 */
import { logInfo } from "../log/log.ts";
import { alerts } from "../log/metrics.ts";
import { openSpoolFile } from "../spool/spool-file.ts";
import type { RefusedKey } from "../twilio/signature-settings.ts";
import type { Backoff } from "../worker/retry.ts";
import { startWorker, type Worker } from "../worker/worker.ts";
import { AlertError, type DiscordWebhook, sendAlert } from "./discord.ts";
import { createKeyAlertClaims, type KeyAlertClaims } from "./key-alert-claims.ts";
import type { RefusedKeys } from "./refused-keys.ts";

/** The settings of {@link startKeyAlerts}. */
export interface KeyAlertSettings {
  readonly refusedKeys: RefusedKeys;
  /** The spool's file, which holds the claims. */
  readonly spoolFile: string;
  readonly discord: DiscordWebhook;
  /** The machine's name, for people. */
  readonly machine: string;
  /** How often the keys are looked at, in milliseconds. Default: 10 seconds. */
  readonly everyMs?: number;
  /** The clock, in milliseconds since 1970. Default: the system's. */
  readonly now?: () => number;
  /** The pauses while Discord is away. Default: up to 30 seconds. */
  readonly backoff?: Backoff;
}

const EVERY_MS = 10_000;

/** A claim is small and nobody waits for it, but the event loop does. */
const FILE = { synchronous: "normal", busyTimeoutMs: 250 } as const;

/** Starts the worker. Several processes of a machine may run it: people are told of a key once a day, by one of them. */
export function startKeyAlerts(settings: KeyAlertSettings): Worker {
  const { everyMs = EVERY_MS, now = Date.now, backoff } = settings;
  const file = openSpoolFile(settings.spoolFile, FILE);
  const claims = createKeyAlertClaims(file);
  let notBefore = 0;
  const run = async (signal: AbortSignal) => {
    if (now() >= notBefore && !signal.aborted) notBefore = await tellOfDue(claims, settings, now, signal);
    return false;
  };
  const worker = startWorker({ name: "key alerts", everyMs, run, backoff });
  const stop = async () => {
    await worker.stop();
    file.close();
  };
  return { nudge: worker.nudge, stop };
}

/** Sends what is due. Returns the time before which Discord takes nothing, or 0. */
async function tellOfDue(
  claims: KeyAlertClaims,
  { refusedKeys, discord, machine }: KeyAlertSettings,
  now: () => number,
  signal: AbortSignal,
): Promise<number> {
  for (const key of refusedKeys.due(now())) {
    const claim = claims.claim(key.id, now());
    if (claim.kind === "claimed") {
      const outcome = await sendAlert(discord, contentOf(key, claim.isLast, machine), signal);
      alerts.inc({ outcome: outcome.kind });
      if (outcome.kind !== "sent") claims.release(key.id);
      if (outcome.kind === "limited") return now() + outcome.afterMs;
      if (outcome.kind === "failed") throw new AlertError(outcome.reason);
      claims.told(key.id, now());
      logInfo("people were alerted", { cause: "signing-key", key: key.id });
    }
    if (claim.kind !== "busy") refusedKeys.forget(key.id);
  }
  return 0;
}

const REASONS: Readonly<Record<RefusedKey["reason"], string>> = {
  unknown: "which the running release does not hold, or which had expired when it started",
  "another algorithm": "with another algorithm than the key's",
  expired: "which has expired",
  "not yet valid": "whose time has not come",
};

function contentOf({ id, reason }: RefusedKey, isLast: boolean, machine: string): string {
  return [
    `Twilio hub on ${machine}: webhooks are refused because they name the signing key \`${id}\`, ${REASONS[reason]}.`,
    "Anybody can send that header, so it may be forged.",
    "If Twilio sent it, a Rule of the account uses this key, and the calls and texts behind that Rule are refused: see `npm run drift`,",
    "then correct the Rule, or add the key to hub:signing.keys and restart.",
    ...(isLast ? ["No further key is told of today; the log names them."] : []),
  ].join(" ");
}
