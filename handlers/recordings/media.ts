/**
 * A recording's audio, from Twilio.
 * Source: https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media-file
 */
import { discardBody, readAtMost } from "../work/response-body.ts";
import { failureOf, retryAfterMs } from "../work/retry.ts";
import { mayHaveCredentials, redirectTarget } from "./redirect.ts";

/** How the audio is fetched. */
export interface MediaSettings {
  /** The SID of our account. */
  readonly accountSid: string;
  readonly authToken: string;
  /** How long it may take in all, redirects and body, in milliseconds: 60 seconds by default. */
  readonly timeoutMs?: number | undefined;
  /** The most bytes that are taken: {@link MAX_MEDIA_BYTES} by default. */
  readonly maxBytes?: number | undefined;
  /** What sends the requests, for tests: the hosts are Twilio's. */
  readonly fetch?: ((url: URL, init: RequestInit) => Promise<Response>) | undefined;
}

/** The audio, or why there is none. A reason is one line. `released`: the handler stops. */
export type MediaResult =
  | { readonly kind: "fetched"; readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly kind: "released" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "retried"; readonly reason: string; readonly afterMs?: number | undefined };

/** The most bytes of a recording that are taken by default. */
export const MAX_MEDIA_BYTES = 64 * 1024 * 1024;

/** How long a fetch may take by default, in milliseconds. */
export const MEDIA_TIMEOUT_MS = 60_000;

const MAX_REDIRECTS = 3;
/** What an MP3 comes as. */
const AUDIO_TYPES = ["audio/mpeg", "audio/mp3"];

/** A token that was just rotated, an audio that is still prepared (404), a limit: all of them pass. */
const PASSING = [401, 403, 404, 408, 429];

/**
 * Fetches a recording's audio. The URL is made of the account and the recording alone: what a webhook names is not asked.
 *
 * @param recordingSid `RE` and 32 lower-case hex digits
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

/** Redirects are followed by hand, as each target is checked. */
async function follow(first: URL, settings: MediaSettings, signal: AbortSignal): Promise<Response | MediaResult> {
  const { fetch: send = fetch } = settings;
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await send(url, { headers: headersFor(url, settings), redirect: "manual", signal });
    if (![301, 302, 303, 307, 308].includes(answer.status)) return answer;
    await discardBody(answer);
    const target = redirectTarget(answer.headers.get("location"), url);
    if (target === undefined) return { kind: "failed", reason: "a redirect leads away from Twilio" };
    url = target;
  }
  return { kind: "failed", reason: `more than ${MAX_REDIRECTS} redirects` };
}

function headersFor(url: URL, { accountSid, authToken }: MediaSettings): Record<string, string> {
  const accept = AUDIO_TYPES.join(", ");
  if (!mayHaveCredentials(url)) return { accept };
  return { accept, authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}` };
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

/** What the status and the headers say against an answer. */
function refusalOf(answer: Response, maxBytes: number): MediaResult | undefined {
  const { status, headers } = answer;
  const reason = `HTTP ${status} from Twilio`;
  if (PASSING.includes(status) || status >= 500) {
    return { kind: "retried", reason, afterMs: retryAfterMs(headers.get("retry-after")) };
  }
  if (status !== 200) return { kind: "failed", reason };
  if (!AUDIO_TYPES.includes(typeOf(answer))) return { kind: "failed", reason: "the recording's media is no audio" };
  return Number(headers.get("content-length") ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined;
}

function tooLarge(maxBytes: number): MediaResult {
  return { kind: "failed", reason: `the recording has more than ${maxBytes} bytes` };
}

function typeOf({ headers }: Response): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
