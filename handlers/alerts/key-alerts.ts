/**
 * Alerts people about signing keys that webhooks name and that may not sign: somebody may have made a Rule at Twilio, and then every call is refused.
 * The header is not signed, so the alert says that it may be forged, and there are few of them.
 */
import { openSpoolFile } from "../spool/spool-file.ts";
import type { RefusedKey } from "../twilio/signature-settings.ts";
import { startWorker, type Worker } from "../worker/worker.ts";
import { createKeyAlertClaims, type KeyAlertClaims } from "./key-alert-claims.ts";
import {
  ALERTS_EVERY_MS,
  type DueMessage,
  type MachineAlertSettings,
  RECORDS_FILE,
  sendDue,
} from "./machine-alerts.ts";
import type { RefusedKeys } from "./refused-keys.ts";

/** The settings of {@link startKeyAlerts}. */
export interface KeyAlertSettings extends MachineAlertSettings {
  readonly refusedKeys: RefusedKeys;
}

/** Starts the worker. Several processes of a machine may run it: people are told of a key once a day, by one of them. */
export function startKeyAlerts(settings: KeyAlertSettings): Worker {
  const { everyMs = ALERTS_EVERY_MS, now = Date.now, backoff } = settings;
  const file = openSpoolFile(settings.spoolFile, RECORDS_FILE);
  const claims = createKeyAlertClaims(file);
  let notBefore = 0;
  const run = async (signal: AbortSignal) => {
    if (now() >= notBefore && !signal.aborted) {
      notBefore = await sendDue(dueMessages(claims, settings, now), settings, signal);
    }
    return false;
  };
  const worker = startWorker({ name: "key alerts", everyMs, run, backoff });
  const stop = async () => {
    await worker.stop();
    file.close();
  };
  return { nudge: worker.nudge, stop };
}

/** Claims one key after another. A key is forgotten once its message was sent, or if people know of it. */
function* dueMessages(
  claims: KeyAlertClaims,
  { refusedKeys, machine }: KeyAlertSettings,
  now: () => number,
): Generator<DueMessage> {
  for (const key of refusedKeys.due(now())) {
    const claim = claims.claim(key.id, now());
    if (claim.kind === "claimed") {
      yield {
        content: contentOf(key, claim.isLast, machine),
        logged: { cause: "signing-key", key: key.id },
        told: () => claims.told(key.id, now()),
        release: () => claims.release(key.id),
      };
    }
    if (claim.kind !== "busy") refusedKeys.forget(key.id);
  }
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
