/** Reads the gate file, afresh for every text. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { MAX_GATE_FILE_BYTES } from "../../../hub/gate/gate-file.ts";

/** Opening what is no file, a FIFO that nobody writes to, must not wait. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * The text of the file. A link to a file will do.
 *
 * @param path absolute, or from the folder in which the handler runs
 * @throws Error where it is missing, cannot be read, is no regular file, is too long or is no UTF-8
 */
export async function readGateFile(path: string): Promise<string> {
  await using file = await open(path, FLAGS);
  if (!(await file.stat()).isFile()) throw new Error("it is no regular file");
  const bytes = await readStart(file, MAX_GATE_FILE_BYTES + 1);
  if (bytes.length > MAX_GATE_FILE_BYTES) throw new Error(`it is longer than ${MAX_GATE_FILE_BYTES} bytes`);
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** A read may bring less than was asked for. */
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
