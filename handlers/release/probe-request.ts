/**
 * The probe: a request that is signed like Twilio's webhooks. With it, a deployment finds out which release answers at the registered URL.
 * Neither the probe nor its answer is stored.
 */
import type { CandidateUrl } from "../../hub/urls/urls.ts";
import type { Answer } from "../twilio/answer.ts";
import type { WebhookParameters } from "../twilio/parameters.ts";

/** The parameters of a probe. */
export interface ProbeParameters {
  readonly AccountSid: string;
  /** 32 lower-case hex digits, which the answer repeats. */
  readonly HubProbe: string;
}

/** The release that answers a probe. */
export interface RunningRelease {
  /** 64 hex digits, or `unreleased`. */
  readonly release: string;
  /** The manifest's digest, with `sha256:`. */
  readonly manifest: string;
}

const NAMES: readonly string[] = ["AccountSid", "HubProbe"] satisfies (keyof ProbeParameters)[];
const NONCE = /^[0-9a-f]{32}$/;

/**
 * The nonce of a probe, or undefined if the request is not a probe. A probe goes to the path of the status callback, without a query, and has
 * exactly the two parameters.
 *
 * @param parameters the parameters of a request that is signed for our account
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

/** The answer to a probe: its nonce, the running release and the manifest's digest. */
export function probeAnswer(nonce: string, { release, manifest }: RunningRelease): Answer {
  return { status: 200, type: "text/plain", body: `${nonce} ${release} ${manifest}` };
}
