/** The memory of a running process, on Linux. Source: https://man7.org/linux/man-pages/man5/proc_pid_mem.5.html */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** How much is read at once, in bytes. */
const PIECE = 1 << 20;

/** A readable region of `/proc/PID/maps`, without the kernel's own. */
const REGION = /^([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \S+\s*(?!\[v)(.*)$/;

/**
 * Searches a process's memory for texts, as one byte and as two bytes a character: V8 stores strings in both forms.
 *
 * @returns the texts that it has, in the order given
 * @throws Error if the memory cannot be read. A process may read its child's memory
 */
export function textsInMemory(processId: number, texts: readonly string[]): string[] {
  const forms = texts.map((text) => [Buffer.from(text, "latin1"), Buffer.from(text, "utf16le")]);
  const overlap = Math.max(...forms.flat().map((form) => form.length)) - 1;
  const found = new Set<number>();
  const memory = openSync(`/proc/${processId}/mem`, "r");
  try {
    for (const piece of piecesOf(memory, regionsOf(processId), overlap)) {
      for (const [index, [narrow = piece, wide = piece]] of forms.entries()) {
        if (piece.includes(narrow) || piece.includes(wide)) found.add(index);
      }
    }
  } finally {
    closeSync(memory);
  }
  return texts.filter((_text, index) => found.has(index));
}

interface Region {
  readonly from: number;
  readonly to: number;
}

function regionsOf(processId: number): Region[] {
  const lines = readFileSync(`/proc/${processId}/maps`, "utf8").split("\n");
  return lines.flatMap((line) => {
    const [, from, to] = REGION.exec(line) ?? [];
    return from === undefined || to === undefined
      ? []
      : [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }];
  });
}

/** The pieces of the regions. Each begins with the end of the one before it, so that no text is cut in two. */
function* piecesOf(memory: number, regions: readonly Region[], overlap: number): Generator<Buffer> {
  let readable = 0;
  const buffer = Buffer.alloc(PIECE + overlap);
  for (const { from, to } of regions) {
    for (let at = from; at < to; at += PIECE) {
      const length = readAt(memory, buffer, at, Math.min(PIECE + overlap, to - at));
      readable += length;
      yield buffer.subarray(0, length);
    }
  }
  if (readable === 0) throw new Error("no byte of the process's memory could be read");
}

/** A region may end while the process runs, or have pages that nobody can read. */
function readAt(memory: number, buffer: Buffer, at: number, length: number): number {
  try {
    return readSync(memory, buffer, 0, length, at);
  } catch {
    return 0;
  }
}
