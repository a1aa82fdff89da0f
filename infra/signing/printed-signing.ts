/** The signatures that a release accepts, as a look at the handler's machine prints them. */
import { NO_FILE } from "../../hub/scripts/look-at-accepted.ts";
import { AcceptedSigning, TOKEN_ALONE } from "../../hub/signing/accepted-signing.ts";

/** Reads them, or returns undefined if the release's file is not as this program writes it. */
export function printedSigning(printed: string): AcceptedSigning | undefined {
  return printed === NO_FILE ? TOKEN_ALONE : AcceptedSigning.safeParse(jsonOf(printed)).data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
