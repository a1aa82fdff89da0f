import * as pulumi from "@pulumi/pulumi";
import type { AppliedSigning } from "../../hub/signing/applied/unapplied-changes.ts";
import { unappliedFindings } from "../../hub/signing/applied/unapplied-findings.ts";
import { declarationOf } from "../../hub/signing/declaration.ts";
import { originsOf } from "../../hub/signing/declared-rules.ts";
import { signingFindings } from "../../hub/signing/signing-findings.ts";
import {
  SIGNING_LEFT_OVER,
  SIGNING_NOT_APPLIED,
  SIGNING_NOT_READ,
  SIGNING_TO_PUT_RIGHT,
  signingReport,
  UNDECLARED_SIGNING,
} from "../../hub/signing/signing-reports.ts";
import { isDone, signingSteps } from "../../hub/signing/signing-steps.ts";
import { mistake } from "../stack/mistake.ts";
import type { Stack } from "../stack/stack-config.ts";
import type { WebhooksApi } from "../vendors/webhooks-api.ts";
import { readAppliedSigning } from "./read-signing.ts";

/** Whether Twilio has the declared Rules and Settings. */
export type SigningState = "as declared" | "not as declared";

/** The finding of a look at Twilio. */
export interface FoundSigning {
  readonly state: SigningState;
  /** The Rules and Settings. Those of an account that cannot be read are taken to be none: the auth token signs. */
  readonly live: AppliedSigning;
}

/**
 * Checks the account's Rules and Settings, which can make Twilio sign, authenticate or deliver the hub's webhooks in another way. What an `up` puts
 * right is listed in a warning. An account whose Rules cannot be read is warned of; it stops the run only if the config declares Rules.
 *
 * @throws RunError listing everything undeclared that no `up` puts right, or with Twilio's answer if declared Rules cannot be read
 */
export async function requireDeclaredSigning(
  { config: { signing }, manifest, now }: Pick<Stack, "config" | "manifest" | "now">,
  api: Pick<WebhooksApi, "rules" | "settings" | "operations">,
): Promise<FoundSigning> {
  const live = await readAppliedSigning(api, signing !== undefined).catch((cause: Error) => {
    if (signing !== undefined)
      throw mistake(`hub:signing: Twilio's webhook Rules and Settings cannot be read: ${cause.message}`);
    pulumi.log.warn(`${SIGNING_NOT_READ}: ${cause.message}`);
    return undefined;
  });
  if (live === undefined) return { state: "as declared", live: { rules: [], settings: [], operations: [] } };
  const findings = signingFindings({ manifest, signing, live, now });
  const stopping = findings.filter(({ isPutRight, isLeftOver }) => !isPutRight && !isLeftOver);
  const putRight = findings.filter(({ isPutRight }) => isPutRight);
  const leftOver = findings.filter(({ isLeftOver }) => isLeftOver);
  if (stopping.length > 0) throw mistake(signingReport(UNDECLARED_SIGNING, stopping));
  if (putRight.length > 0) pulumi.log.warn(signingReport(SIGNING_TO_PUT_RIGHT, putRight));
  if (leftOver.length > 0) pulumi.log.warn(signingReport(SIGNING_LEFT_OVER, leftOver));
  const unapplied = unappliedFindings(live);
  if (unapplied.length > 0) pulumi.log.warn(signingReport(SIGNING_NOT_APPLIED, unapplied));
  const steps = signingSteps(declarationOf(manifest, signing), live, originsOf(manifest));
  const isDeclared = signing === undefined || (isDone(steps) && unapplied.length === 0);
  return { state: isDeclared ? "as declared" : "not as declared", live };
}
