/** `node handler.mjs probe`: checks which release answers at the registered URL. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import { keyState } from "../../hub/signing/key-state.ts";
import { registeredUrls } from "../../hub/urls/urls.ts";
import type { Credentials } from "../start/credentials.ts";
import { SIGNATURE_SETTINGS_HEADER, signatureSettings } from "../twilio/signature-settings.ts";
import { failureOf } from "../worker/retry.ts";
import { type ProbeParameters, probeAnswer } from "./probe-request.ts";

/** The settings of {@link probe}. */
export interface ProbeSettings {
  readonly manifest: Manifest;
  readonly credentials: Credentials;
  /** The release that should answer. */
  readonly release: string;
  /** The longest time until that release answers, in milliseconds: the previous release may answer at first. Default: 30 seconds. */
  readonly patienceMs?: number;
}

/** The release, or something in front of it, refuses probes. Repeating them does not help. */
export class ProbeRefused extends Error {
  override readonly name = "ProbeRefused";
}

/** The number of refusals in a row after which probing ends. The first ones may come from a process of the previous release. */
const REFUSALS = 3;

const PATIENCE_MS = 30_000;
const PAUSE_MS = 1_000;
const TIMEOUT_MS = 10_000;

/** The most characters of an answer that are looked at. */
const MAX_ANSWER_LENGTH = 1_000;

/**
 * Probes until the release answers.
 *
 * @returns the URL at which it answered
 * @throws ProbeRefused if probes are refused several times in a row: answered with a status below 500 other than 200
 * @throws Error naming the last answer or failure, if the release does not answer in time
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

/** The reason why an answer is not the expected one. */
interface Problem {
  readonly text: string;
  readonly isRefusal: boolean;
}

/** Sends one probe. Undefined if the release answered. */
async function ask(
  url: string,
  manifest: Manifest,
  credentials: Credentials,
  release: string,
): Promise<Problem | undefined> {
  const parameters: ProbeParameters = { AccountSid: credentials.accountSid, HubProbe: randomBytes(16).toString("hex") };
  const expected = probeAnswer(parameters.HubProbe, { release, manifest: manifestDigest(manifest) });
  const headers = signatureHeaders(url, { ...parameters }, credentials);
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
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

/**
 * The headers of Twilio's signature. The auth token signs, if there is one: the primary token, which is the first. Otherwise the first signing key that is
 * valid signs: during a rotation that is the old one, which the previous release knows too.
 *
 * @throws Error if nothing is valid that could sign
 */
function signatureHeaders(
  url: string,
  parameters: Readonly<Record<string, string>>,
  { authTokens, signingKeys }: Credentials,
): Record<string, string> {
  const [token] = authTokens;
  if (token !== undefined) {
    return { "x-twilio-signature": getExpectedTwilioSignature(token.token, url, parameters) };
  }
  const key = signingKeys.find((candidate) => keyState(candidate, new Date()) === "valid");
  if (key === undefined)
    throw new Error("no auth token, and no signing key that is valid now: a probe cannot be signed");
  return {
    "x-twilio-signature": getExpectedTwilioSignature(key.secret, url, parameters, key.algorithm),
    [SIGNATURE_SETTINGS_HEADER]: signatureSettings(key),
  };
}

function answererOf(body: string, nonce: string): string {
  const [repeated, release] = body.slice(0, MAX_ANSWER_LENGTH).split(" ");
  if (repeated !== nonce) return "something other than the handler answers";
  return `${/^[0-9a-f]{64}$/.test(release ?? "") ? `release ${release}` : "a handler without a release"} answers`;
}

function statusCallbackOf(manifest: Manifest): string {
  const [first] = manifest.numbers;
  if (first === undefined) throw new Error("the manifest has no number (hub:numbers)");
  return registeredUrls(manifest, first.number).statusCallback;
}
