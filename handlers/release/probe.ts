/** `node handler.mjs probe`: asks over the registered URL which release answers there. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import { registeredUrls } from "../../hub/urls/urls.ts";
import type { Credentials } from "../start/credentials.ts";
import { failureOf } from "../work/retry.ts";
import { type ProbeParameters, probeAnswer } from "./probe-request.ts";

/** What {@link probe} is given. */
export interface ProbeSettings {
  readonly manifest: Manifest;
  readonly credentials: Credentials;
  /** The release that should answer. */
  readonly release: string;
  /** How long it may take until that one answers, in milliseconds: 30 seconds by default. The one before may still be answering at first. */
  readonly patienceMs?: number;
}

/** The release, or what stands before it, takes no probe: it does not help to ask on. */
export class ProbeRefused extends Error {
  override readonly name = "ProbeRefused";
}

/** After how many refusals in a row it is not asked on. A process of the release before may give the first ones. */
const REFUSALS = 3;

const PATIENCE_MS = 30_000;
const PAUSE_MS = 1_000;
const TIMEOUT_MS = 10_000;

/** The longest answer of a probe; what is longer is none. */
const MAX_ANSWER_LENGTH = 1_000;

/**
 * Probes until the release answers.
 *
 * @returns the URL over which it answered
 * @throws ProbeRefused where a probe is refused several times in a row: answered with a status that is neither 200 nor a failure of the way there
 * @throws Error saying what came instead, where it does not answer in time
 */
export async function probe({ manifest, credentials, release, patienceMs }: ProbeSettings): Promise<string> {
  const url = statusCallbackOf(manifest);
  const end = Date.now() + (patienceMs ?? PATIENCE_MS);
  for (let refusals = 0; ; ) {
    const problem = await ask(url, manifest, credentials, release);
    if (problem === undefined) return url;
    refusals = problem.isRefusal ? refusals + 1 : 0;
    if (refusals === REFUSALS) throw new ProbeRefused(`${url}: ${problem.text}`);
    if (Date.now() + PAUSE_MS >= end) throw new Error(`${url}: ${problem.text}`);
    await sleep(PAUSE_MS);
  }
}

/** What came instead of the answer. */
interface Problem {
  readonly text: string;
  readonly isRefusal: boolean;
}

/** What is wrong with what came, or undefined where the release answered. */
async function ask(
  url: string,
  manifest: Manifest,
  { accountSid, authTokens }: Credentials,
  release: string,
): Promise<Problem | undefined> {
  // Twilio signs with the primary token alone: the first.
  const token = authTokens[0]?.token ?? "";
  const parameters: ProbeParameters = { AccountSid: accountSid, HubProbe: randomBytes(16).toString("hex") };
  const expected = probeAnswer(parameters.HubProbe, { release, manifest: manifestDigest(manifest) });
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "x-twilio-signature": getExpectedTwilioSignature(token, url, { ...parameters }) },
      body: new URLSearchParams({ ...parameters }),
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = await answer.text();
    const { status } = answer;
    if (status !== expected.status) return { text: `the answer is ${status}; expected 200`, isRefusal: status < 500 };
    if (body === expected.body) return undefined;
    return { text: `${answererOf(body, parameters.HubProbe)}; expected release ${release}`, isRefusal: false };
  } catch (error) {
    return { text: failureOf(error), isRefusal: false };
  }
}

function answererOf(body: string, nonce: string): string {
  const [repeated, release] = body.slice(0, MAX_ANSWER_LENGTH).split(" ");
  if (repeated !== nonce) return "something else than the handler answers";
  return `${/^[0-9a-f]{64}$/.test(release ?? "") ? `release ${release}` : "a handler of no release"} answers`;
}

function statusCallbackOf(manifest: Manifest): string {
  const [first] = manifest.numbers;
  if (first === undefined) throw new Error("the manifest has no number (hub:numbers)");
  return registeredUrls(manifest, first.number).statusCallback;
}
