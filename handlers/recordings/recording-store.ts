/** The interface of a store for recordings. */

/** A store for recordings. */
export interface RecordingStore {
  /**
   * Stores a recording, and replaces what the key held. When the promise resolves, the recording is durable.
   *
   * @param signal aborted when the handler stops
   * @returns the recording's URL
   * @throws Error with a one-line message if it was not stored; {@link RecordingRefused} if another attempt would not help
   */
  put(key: string, bytes: Uint8Array, contentType: string, signal: AbortSignal): Promise<string>;
}

/** The store refuses the recording itself, for example its size, and would again. The message is one line. */
export class RecordingRefused extends Error {
  override readonly name = "RecordingRefused";
}

/** The time limit for storing a recording, in milliseconds. */
export const STORE_TIMEOUT_MS = 60_000;

/** Returns the key of a recording. It is the same at every attempt, so a repeat replaces what the earlier attempt stored. */
export function recordingKey(callSid: string, recordingSid: string): string {
  return `${callSid}/${recordingSid}.mp3`;
}
