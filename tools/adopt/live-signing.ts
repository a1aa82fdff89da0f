/** Twilio's Rules and Settings, as far as they change the hub's webhooks without being declared. */

import { signingFindings } from "../../hub/signing/signing-findings.ts";
import { SIGNING_NOT_READ } from "../../hub/signing/signing-reports.ts";
import { ROUTES } from "../../hub/urls/routes.ts";
import { readSigning, type SigningLists } from "../../infra/signing/read-signing.ts";
import type { Adoptable } from "./adoptable.ts";

/** A line for each finding that is left for a person, or one that says why nothing was looked at. An `up` puts the other differences right. */
export async function signingLeft(config: Adoptable, api: SigningLists, now = new Date()): Promise<string[]> {
  const { hosts, numbers, signing, twilio } = config;
  const secrets = {
    ...(signing?.authToken !== "refuse" && { authToken: twilio.authToken }),
    ...(signing && { signingKeys: signing.keys }),
  };
  const manifest = { hosts, numbers, routes: ROUTES, secrets };
  const live = await readSigning(api).catch((cause: Error) => cause);
  if (live instanceof Error) return [`${SIGNING_NOT_READ}: ${live.message}`];
  const findings = signingFindings({ manifest, signing, live, now });
  return findings.filter(({ isPutRight }) => !isPutRight).map(({ line }) => line);
}
