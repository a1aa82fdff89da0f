/** The log of refused requests. Anybody can send many of them, so only a few are logged. */

import { logWarning } from "../log/log.ts";
import type { Delivered } from "../twilio/request.ts";
import type { RefusedKey } from "../twilio/signature-settings.ts";

/** The most refusals that are logged in a minute. */
const MAX_A_MINUTE = 30;
const MINUTE_MS = 60_000;

/** The form of the hub's paths. Any other path is not logged. */
const PLAIN_PATH = /^\/[a-z0-9/-]{0,80}$/;

let minute = 0;
let logged = 0;

/** Logs the status of a refusal, its path if it has the form of the hub's, and the key that it named. After {@link MAX_A_MINUTE}, only the metrics count. */
export function logRefusal(status: number, { target, requestId, arrivedAt }: Delivered, refusedKey?: RefusedKey): void {
  const now = Math.floor(arrivedAt / MINUTE_MS);
  if (now !== minute) [minute, logged] = [now, 0];
  logged += 1;
  if (logged > MAX_A_MINUTE) return;
  const [path = ""] = target.split("?", 1);
  const isLast = logged === MAX_A_MINUTE;
  logWarning(isLast ? "refused; further refusals in this minute are counted only in the metrics" : "refused", {
    requestId,
    status,
    path: PLAIN_PATH.test(path) ? path : "other",
    ...(refusedKey && { key: refusedKey.id, reason: refusedKey.reason }),
  });
}
