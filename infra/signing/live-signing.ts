import * as pulumi from "@pulumi/pulumi";
import { declarationOf } from "../../hub/signing/declaration.ts";
import { originsOf } from "../../hub/signing/declared-rules.ts";
import { signingFindings } from "../../hub/signing/signing-findings.ts";
import {
  SIGNING_LEFT_OVER,
  SIGNING_NOT_READ,
  SIGNING_TO_PUT_RIGHT,
  signingReport,
  UNDECLARED_SIGNING,
} from "../../hub/signing/signing-reports.ts";
import { isDone, signingSteps } from "../../hub/signing/signing-steps.ts";
import { mistake } from "../stack/mistake.ts";
import type { Stack } from "../stack/stack-config.ts";
import { readSigning, type SigningLists } from "./read-signing.ts";

/** Whether Twilio has the declared Rules and Settings. */
export type SigningState = "as declared" | "not as declared";

/**
 * Checks the account's Rules and Settings, which can make Twilio sign, authenticate or deliver the hub's webhooks in another way. What an `up` puts
 * right is listed in a warning. An account whose Rules cannot be read is warned of; it stops the run only if the config declares Rules.
 *
 * @throws RunError listing everything undeclared that no `up` puts right, or with Twilio's answer if declared Rules cannot be read
 */
export async function requireDeclaredSigning(
  { config: { signing }, manifest, now }: Pick<Stack, "config" | "manifest" | "now">,
  api: SigningLists,
): Promise<SigningState> {
  const live = await readSigning(api).catch((cause: Error) => {
    if (signing !== undefined)
      throw mistake(`hub:signing: Twilio's webhook Rules and Settings cannot be read: ${cause.message}`);
    pulumi.log.warn(`${SIGNING_NOT_READ}: ${cause.message}`);
    return undefined;
  });
  if (live === undefined) return "as declared";
  const findings = signingFindings({ manifest, signing, live, now });
  const stopping = findings.filter(({ isPutRight, isLeftOver }) => !isPutRight && !isLeftOver);
  const putRight = findings.filter(({ isPutRight }) => isPutRight);
  const leftOver = findings.filter(({ isLeftOver }) => isLeftOver);
  if (stopping.length > 0) throw mistake(signingReport(UNDECLARED_SIGNING, stopping));
  if (putRight.length > 0) pulumi.log.warn(signingReport(SIGNING_TO_PUT_RIGHT, putRight));
  if (leftOver.length > 0) pulumi.log.warn(signingReport(SIGNING_LEFT_OVER, leftOver));
  const steps = signingSteps(declarationOf(manifest, signing), live, originsOf(manifest));
  return signing === undefined || isDone(steps) ? "as declared" : "not as declared";
}
