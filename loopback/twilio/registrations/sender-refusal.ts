/** The texts that the carriers refuse because their sender is not registered. */
import type { MessageResource } from "../records.ts";
import { numberOf, type TwilioState } from "../state.ts";
import { hasVerifiedCampaign } from "./campaign.ts";
import { serviceOf } from "./messaging-service.ts";
import { isTollfree, isVerified } from "./tollfree-verification.ts";

/** The error of a text from a local number without a registered campaign (https://www.twilio.com/docs/api/errors/30034). */
export const UNREGISTERED_10DLC = 30034;
/** The error of a text from a toll-free number without an approved verification (https://www.twilio.com/docs/api/errors/30032). */
export const UNVERIFIED_TOLLFREE = 30032;

/**
 * The error with which the carriers refuse a text; undefined if they take it. They ask for registrations in the US and Canada, so a text to another
 * country passes. A text of which a service has yet to choose the sender passes too, since nothing here chooses it.
 */
export function refusalOf(state: TwilioState, { from, to }: MessageResource): number | undefined {
  const isOwn = from !== null && numberOf(state, from) !== undefined;
  if (!isOwn || !to.startsWith("+1")) return undefined;
  if (isTollfree(from)) return isVerified(state, from) ? undefined : UNVERIFIED_TOLLFREE;
  const service = serviceOf(state, from);
  const isRegistered = service !== undefined && hasVerifiedCampaign(state, service.sid);
  return isRegistered ? undefined : UNREGISTERED_10DLC;
}
