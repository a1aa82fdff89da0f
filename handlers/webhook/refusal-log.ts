/** The log of refused requests. Anybody can send them, so few of many are logged. */

import { logWarning } from "../log/log.ts";
import type { Delivered } from "../twilio/request.ts";

/** How many are logged in a minute. */
const MAX_A_MINUTE = 30;
const MINUTE_MS = 60_000;

/** What a path of ours looks like; another one is not written into the log. */
const PLAIN_PATH = /^\/[a-z0-9/-]{0,80}$/;

let minute = 0;
let logged = 0;

/** Logs a refusal by its status and, where it looks like one of ours, its path. Beyond the first ones of a minute the metrics alone count. */
export function logRefusal(status: number, { target, requestId, arrivedAt }: Delivered): void {
  const now = Math.floor(arrivedAt / MINUTE_MS);
  if (now !== minute) [minute, logged] = [now, 0];
  logged += 1;
  if (logged > MAX_A_MINUTE) return;
  const [path = ""] = target.split("?", 1);
  const isLast = logged === MAX_A_MINUTE;
  logWarning(isLast ? "refused; further refusals of this minute are counted in the metrics alone" : "refused", {
    requestId,
    status,
    path: PLAIN_PATH.test(path) ? path : "other",
  });
}
