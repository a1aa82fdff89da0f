/**
 * Connections that take turns. Node parses all that a read brings, up to 64 KiB, before it looks at another connection; in chunks of one byte that
 * is 10,000 chunks, and costs as much time as a hundred webhooks. Here a connection that brings so much at once waits for its turn, and gets one
 * slice in each.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { createTurns, type Pace, type Turns } from "./turns.ts";

/** The bytes of a slice. Twilio's webhooks mostly have fewer: they are parsed at once. */
export const SLICE_BYTES = 2 * 1024;

/** 800 KB/s for all connections together. Whatever is in the slices, most of the time is left for what comes in short pieces. */
const PACE: Pace = { turns: 2, everyMs: 5 };

/** The longest time that a connection stays after its last answer, in milliseconds. */
const LINGER_MS = 1_000;

/** The most bytes that it drops meanwhile. */
const LINGER_BYTES = 1024 * 1024;

/**
 * Makes the connections of a server take turns. Call it once, before the server listens.
 *
 * @throws Error if the server does not serve its connections by one listener
 */
export function shareFairly(server: Server): void {
  const [serve, ...others] = server.listeners("connection");
  if (serve === undefined || others.length > 0) {
    throw new Error("an HTTP server was expected to serve its connections by one listener");
  }
  const turns = createTurns(PACE);
  // An HTTP server serves any duplex stream: https://nodejs.org/docs/latest-v24.x/api/http.html#event-connection
  server.removeAllListeners("connection");
  server.on("connection", (socket) => serve.call(server, new FairConnection(socket, turns)));
}

/** A socket whose reader gets short pieces at once, and long ones slice by slice. */
export class FairConnection extends Duplex {
  readonly #socket: Socket;
  readonly #turns: Turns;
  /** The bytes that wait for a turn. The socket is paused meanwhile. */
  #waiting: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, turns: Turns) {
    super({ allowHalfOpen: true, decodeStrings: false });
    this.#socket = socket;
    this.#turns = turns;
    socket
      .on("data", (piece: Buffer) => this.#receive(piece))
      .on("end", () => this.push(null))
      .on("timeout", () => this.emit("timeout"))
      .on("error", (error) => this.destroy(error))
      .on("close", () => this.destroy());
  }

  /** The server ends idle connections by this. */
  setTimeout(milliseconds: number): this {
    this.#socket.setTimeout(milliseconds);
    return this;
  }

  /**
   * Ends the connection once everything is written. The server ends the last answer of a connection by this. What comes after that is dropped for a
   * while. If the connection closed at once, a proxy that is still sending could lose the answer: https://www.rfc-editor.org/rfc/rfc9112#section-9.6
   */
  destroySoon(): void {
    this.end(() => this.#linger());
  }

  /** Passes a slice on. Returns whether bytes are left. */
  takeTurn(): boolean {
    if (this.destroyed || this.#waiting.length === 0) return false;
    const slice = this.#waiting.subarray(0, SLICE_BYTES);
    this.#waiting = this.#waiting.subarray(SLICE_BYTES);
    const isWanted = this.push(slice);
    if (this.#waiting.length > 0) return true;
    if (isWanted) this.#socket.resume();
    return false;
  }

  override _read(): void {
    if (this.#waiting.length === 0) this.#socket.resume();
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, written: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, written);
  }

  override _final(ended: () => void): void {
    this.#socket.end(ended);
  }

  override _destroy(error: Error | null, destroyed: (error: Error | null) => void): void {
    this.#waiting = Buffer.alloc(0);
    this.#socket.destroy();
    destroyed(error);
  }

  #linger(): void {
    if (this.destroyed) return;
    if (this.#socket.readableEnded) {
      this.destroy();
      return;
    }
    const cutOff = setTimeout(() => this.destroy(), LINGER_MS);
    let dropped = this.#waiting.length;
    this.#waiting = Buffer.alloc(0);
    this.#socket
      .removeAllListeners("data")
      .on("data", (piece: Buffer) => {
        dropped += piece.length;
        if (dropped > LINGER_BYTES) this.destroy();
      })
      .on("end", () => this.destroy())
      .on("close", () => clearTimeout(cutOff))
      .resume();
  }

  #receive(piece: Buffer): void {
    if (this.#waiting.length === 0 && piece.length <= SLICE_BYTES) {
      if (!this.push(piece)) this.#socket.pause();
      return;
    }
    this.#waiting = this.#waiting.length === 0 ? piece : Buffer.concat([this.#waiting, piece]);
    this.#socket.pause();
    this.#turns.queue(this);
  }
}
