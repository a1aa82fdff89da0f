/** A request whose framing two parties may read in two ways, and the answer that the rules of HTTP want. */
import { type HeadChanges, headOf, type RawWebhook } from "./raw.ts";

/** A case. */
export interface Trap {
  readonly name: string;
  /** The rule's section in RFC 9112, or in RFC 9110 if the number stands before it. */
  readonly section: string;
  /** The statuses that the handler may answer with: each text has those of one connection, with commas between. Empty: it ends without an answer. */
  readonly statuses: readonly string[];
  /** Whether the first webhook is stored. */
  readonly isStored: boolean;
  /** Whether the connection ends, so that no request behind the bytes is served. */
  readonly isLast: boolean;
  /** This side is closed after the bytes, so no request follows. */
  readonly isHalfClosed?: boolean;
  /** No request follows the bytes. */
  readonly isAlone?: boolean;
  /** Bytes follow that are another request in every reading, so a proxy may answer that one too. */
  readonly hasRest?: boolean;
  /** The bytes. `hidden` is a genuine request, which must never be served. Only some cases hold it. */
  bytes(first: RawWebhook, hidden: string): string;
}

/** A case that the handler refuses. */
export function refused(name: string, section: string, status: number, bytes: Trap["bytes"]): Trap {
  return { name, section, statuses: [String(status)], isStored: false, isLast: true, bytes };
}

/** A case that is lawful, and leaves the connection open. */
export function lawful(name: string, section: string, bytes: Trap["bytes"]): Trap {
  return { name, section, statuses: ["204"], isStored: true, isLast: false, bytes };
}

/** A request whose head is changed, and whose body is framed by its length. */
export function changed(changes: HeadChanges): Trap["bytes"] {
  return (first) => {
    const headers = [`Content-Length: ${first.body.length}`, ...(changes.headers ?? [])];
    return headOf(first, { ...changes, headers }) + first.body;
  };
}

/** A request with its body of a length, under other headers about it. */
export function underLength(headersOf: (length: number) => readonly string[], line?: string): Trap["bytes"] {
  return (first) => headOf(first, { headers: headersOf(first.body.length), ...(line && { line }) }) + first.body;
}
