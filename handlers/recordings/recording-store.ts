/** Where recordings are kept. */

/** A place for recordings. */
export interface RecordingStore {
  /**
   * Stores a recording, durably once it returns. What lies under the key is replaced.
   *
   * @param signal aborted where the handler stops
   * @returns where it lies, as a URL
   * @throws Error in one line where it was not stored
   */
  put(key: string, bytes: Uint8Array, contentType: string, signal: AbortSignal): Promise<string>;
}

/** How long a store may take, in milliseconds. */
export const STORE_TIMEOUT_MS = 60_000;

/** The key of a recording: the same at every attempt, so a repeat replaces what it stored. */
export function recordingKey(callSid: string, recordingSid: string): string {
  return `${callSid}/${recordingSid}.mp3`;
}
