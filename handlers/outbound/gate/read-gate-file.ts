/** Reads the gate file. It is read again for every text. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { MAX_GATE_FILE_BYTES } from "../../../hub/gate/gate-file.ts";

/** O_NONBLOCK, because opening a FIFO without a writer must not wait. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Reads the file's text. The path may be a link to a file.
 *
 * @param path absolute, or relative to the handler's working folder
 * @throws Error if the file is missing, cannot be read, is not a regular file, is too long or is not UTF-8
 */
export async function readGateFile(path: string): Promise<string> {
  await using file = await open(path, FLAGS);
  if (!(await file.stat()).isFile()) throw new Error("it is not a regular file");
  const bytes = await readStart(file, MAX_GATE_FILE_BYTES + 1);
  if (bytes.length > MAX_GATE_FILE_BYTES) throw new Error(`it is longer than ${MAX_GATE_FILE_BYTES} bytes`);
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Reads up to `maxBytes` from the start. It loops, because one read may return fewer bytes than requested. */
async function readStart(file: FileHandle, maxBytes: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const { bytesRead } = await file.read(buffer, length, maxBytes - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
