import type { HubConfig } from "../../hub/config/config.ts";
import { LOOK_AT_AUTHORISED, NO_RELEASE, NO_RESTART } from "../../hub/scripts/look-at-accepted.ts";
import { type AcceptedSigning, acceptedSigning } from "../../hub/signing/accepted-signing.ts";
import { refusedRelease } from "../../hub/signing/applied/refused-release.ts";
import type { AppliedSigning } from "../../hub/signing/applied/unapplied-changes.ts";
import type { Release } from "../release/release.ts";
import { printedSigning } from "../signing/printed-signing.ts";
import { lastLine, mistake } from "../stack/mistake.ts";
import type { Stack } from "../stack/stack-config.ts";
import { restartVariables } from "./restart.ts";
import { type MachineOptions, runOnMachine } from "./transport.ts";

interface Restarted extends Pick<Stack, "manifest" | "now"> {
  readonly config: Pick<HubConfig, "authorisation" | "handler" | "signing" | "transport">;
  /** The release of this checkout and config. */
  readonly release: Pick<Release, "digest">;
  /** The Rules and Settings at Twilio. */
  readonly live: AppliedSigning;
}

/**
 * Checks that an authorisation which is to be carried out does not lead to a release that would refuse webhooks as Twilio signs them now. The Rules
 * follow the restart, so such a release would answer 403 until then, or for good. An authorisation that had its attempt stops nothing: no restart
 * follows, and the run may put the Rules right.
 *
 * @throws RunError naming the release, the signer and the URLs, or if the machine cannot be asked
 */
export async function requireAcceptedSignatures(restarted: Restarted, options: MachineOptions): Promise<void> {
  const { config, manifest, now, release, live } = restarted;
  const { authorisation } = config;
  if (authorisation === undefined) return;
  const queries = config.signing?.queries ?? "unprobed";
  const problemOf = (accepted: AcceptedSigning) =>
    refusedRelease({ release: authorisation.release, accepted, manifest, live, queries, now });
  const built = authorisation.release === release.digest ? acceptedSigning(manifest) : undefined;
  if (built !== undefined && problemOf(built) === undefined) return;
  const printed = await look(config, authorisation, options);
  if (NO_RESTART.some((state) => state === printed)) return;
  const accepted = built ?? (printed === NO_RELEASE ? undefined : acceptedIn(printed, authorisation.release));
  const problem = accepted && problemOf(accepted);
  if (problem !== undefined) throw mistake(problem);
}

async function look(
  { handler, transport }: Restarted["config"],
  authorisation: NonNullable<HubConfig["authorisation"]>,
  options: MachineOptions,
): Promise<string> {
  const variables = restartVariables({ ...handler, authorisation });
  return runOnMachine(transport, LOOK_AT_AUTHORISED, variables, options).catch((cause: Error) => {
    throw mistake(
      `hub:authorisation: it cannot be read which signatures the release accepts: ${lastLine(cause.message)}`,
    );
  });
}

function acceptedIn(printed: string, release: string): AcceptedSigning {
  const accepted = printedSigning(printed);
  if (accepted !== undefined) return accepted;
  throw mistake(
    `hub:authorisation.release: the file of ${release} about its signatures is damaged; authorise another release`,
  );
}
