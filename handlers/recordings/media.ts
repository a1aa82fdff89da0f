/**
 * Fetches a recording's audio from Twilio.
 * Source: https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media-file
 */
import { type ApiAccount, sendAuthorised } from "../twilio/api-account.ts";
import { discardBody, readAtMost } from "../worker/response-body.ts";
import { failureOf, retryAfterMs } from "../worker/retry.ts";
import { mayHaveCredentials, redirectTarget } from "./redirect.ts";

/** The settings of {@link fetchMedia}. */
export interface MediaSettings extends ApiAccount {
  /** The time limit for the whole fetch, with redirects and body, in milliseconds. Default: 60 seconds. */
  readonly timeoutMs?: number | undefined;
  /** The size limit, in bytes. Default: {@link MAX_MEDIA_BYTES}. */
  readonly maxBytes?: number | undefined;
  /** Sends the requests, for tests. Default: the global `fetch`. The hosts are always Twilio's. */
  readonly fetch?: ((url: URL, init: RequestInit) => Promise<Response>) | undefined;
}

/**
 * The result of a fetch:
 * - `fetched`: the audio;
 * - `released`: the handler stopped;
 * - `failed`: another attempt would not help;
 * - `retried`: another attempt may succeed, not before `afterMs` milliseconds if Twilio says so.
 *
 * A reason is one line.
 */
export type MediaResult =
  | { readonly kind: "fetched"; readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly kind: "released" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "retried"; readonly reason: string; readonly afterMs?: number | undefined };

/** The default size limit of a recording, in bytes. */
export const MAX_MEDIA_BYTES = 64 * 1024 * 1024;

/** The default time limit for a fetch, in milliseconds. */
export const MEDIA_TIMEOUT_MS = 60_000;

const MAX_REDIRECTS = 3;
/** The content types of an MP3. */
const AUDIO_TYPES = ["audio/mpeg", "audio/mp3"];

/** The statuses that may pass: a token or key was just rotated (401, 403), the audio is not ready (404), a time-out (408) or a rate limit (429). */
const PASSING = [401, 403, 404, 408, 429];

/**
 * Fetches a recording's audio. It builds the URL from the account and the recording's SID, and never uses a URL from a webhook. It does not
 * throw.
 *
 * @param recordingSid `RE` and 32 lower-case hex digits
 * @param signal aborted when the handler stops
 */
export async function fetchMedia(
  recordingSid: string,
  settings: MediaSettings,
  signal: AbortSignal,
): Promise<MediaResult> {
  const { accountSid, timeoutMs = MEDIA_TIMEOUT_MS, maxBytes = MAX_MEDIA_BYTES } = settings;
  const url = new URL(`https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Recordings/${recordingSid}.mp3`);
  try {
    const answer = await follow(url, settings, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    return answer instanceof Response ? await readAnswer(answer, maxBytes) : answer;
  } catch (error) {
    return signal.aborted ? { kind: "released" } : { kind: "retried", reason: failureOf(error) };
  }
}

/** Follows redirects one at a time, because each target must be checked. */
async function follow(first: URL, settings: MediaSettings, signal: AbortSignal): Promise<Response | MediaResult> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await ask(url, settings, signal);
    if (![301, 302, 303, 307, 308].includes(answer.status)) return answer;
    await discardBody(answer);
    const target = redirectTarget(answer.headers.get("location"), url);
    if (target === undefined) return { kind: "failed", reason: "a redirect leads away from Twilio" };
    url = target;
  }
  return { kind: "failed", reason: `more than ${MAX_REDIRECTS} redirects` };
}

/** Sends one GET. The API gets the account's credentials, with each valid login in turn while it refuses them; the media network gets none. */
function ask(url: URL, settings: MediaSettings, signal: AbortSignal): Promise<Response> {
  const { fetch: send = fetch } = settings;
  const options = { redirect: "manual", signal } as const;
  const accept = AUDIO_TYPES.join(", ");
  if (!mayHaveCredentials(url)) return send(url, { ...options, headers: { accept } });
  return sendAuthorised(settings, (authorization) => send(url, { ...options, headers: { accept, authorization } }));
}

async function readAnswer(answer: Response, maxBytes: number): Promise<MediaResult> {
  const refusal = refusalOf(answer, maxBytes);
  if (refusal !== undefined) {
    await discardBody(answer);
    return refusal;
  }
  const bytes = await readAtMost(answer, maxBytes);
  if (bytes === undefined) return tooLarge(maxBytes);
  if (bytes.length === 0) return { kind: "retried", reason: "the recording is empty" };
  return { kind: "fetched", bytes, contentType: typeOf(answer) };
}

/** Returns why the status or the headers rule an answer out, or undefined if they do not. */
function refusalOf(answer: Response, maxBytes: number): MediaResult | undefined {
  const { status, headers } = answer;
  const reason = `HTTP ${status} from Twilio`;
  if (PASSING.includes(status) || status >= 500) {
    return { kind: "retried", reason, afterMs: retryAfterMs(headers.get("retry-after")) };
  }
  if (status !== 200) return { kind: "failed", reason };
  if (!AUDIO_TYPES.includes(typeOf(answer)))
    return { kind: "failed", reason: "the recording's media is not MP3 audio" };
  return Number(headers.get("content-length") ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined;
}

function tooLarge(maxBytes: number): MediaResult {
  return { kind: "failed", reason: `the recording has more than ${maxBytes} bytes` };
}

function typeOf({ headers }: Response): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
