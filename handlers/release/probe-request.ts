/**
 * The probe: a webhook of our own, signed as Twilio's are, by which a deployment learns over the registered URL which release answers. It is
 * not stored, and neither is its answer.
 */
import type { CandidateUrl } from "../../hub/urls/urls.ts";
import type { Answer } from "../twilio/answer.ts";
import type { WebhookParameters } from "../twilio/parameters.ts";

/** What a probe asks with. */
export interface ProbeParameters {
  readonly AccountSid: string;
  /** 32 lower-case hex digits, which the answer repeats. */
  readonly HubProbe: string;
}

/** What answers a probe. */
export interface RunningRelease {
  /** 64 hex digits, or `unreleased`. */
  readonly release: string;
  /** The manifest's digest, with `sha256:`. */
  readonly manifest: string;
}

const NAMES: readonly string[] = ["AccountSid", "HubProbe"] satisfies (keyof ProbeParameters)[];
const NONCE = /^[0-9a-f]{32}$/;

/**
 * The nonce of a probe, or undefined where the request is none: it goes to the path of the status callback, without a query, and has the two
 * parameters and no other.
 *
 * @param parameters of a request that is signed for our account
 */
export function probeNonce(
  { route, query }: Pick<CandidateUrl, "route" | "query">,
  parameters: WebhookParameters,
  format: "form" | "json",
): string | undefined {
  if (route.role !== "statusCallback" || query !== "" || format !== "form") return undefined;
  const { HubProbe: nonce } = parameters;
  const names = Object.keys(parameters);
  const isProbe = names.length === NAMES.length && names.every((name) => NAMES.includes(name));
  return isProbe && typeof nonce === "string" && NONCE.test(nonce) ? nonce : undefined;
}

/** The answer to a probe: its nonce, and what runs here. */
export function probeAnswer(nonce: string, { release, manifest }: RunningRelease): Answer {
  return { status: 200, type: "text/plain", body: `${nonce} ${release} ${manifest}` };
}
