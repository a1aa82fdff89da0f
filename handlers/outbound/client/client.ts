/** A client of the outbound endpoint, for programs on the handler's machine. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { COLLECTION_PATHS } from "../endpoint/collection-paths.ts";
import type { CallRequest, MessageRequest, OutboundRequest } from "../request.ts";
import { isFinal, type OutboundState, OutboundStatus } from "../status.ts";
import { type OutboundClientSettings, OutboundError, pauseFor, request } from "./client-request.ts";

export { type OutboundClientSettings, OutboundError } from "./client-request.ts";

type Kind = OutboundRequest["kind"];

/** The fields of a request as plain strings: the endpoint checks them. */
type FieldsOf<Request> = { readonly [Field in Exclude<keyof Request, "kind">]: string };

/** A request that the endpoint has taken. */
export interface QueuedRequest {
  readonly id: string;
  readonly state: "queued";
}

/** The options of {@link OutboundClient.settled}. */
export interface SettledOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Called with the first status, and again whenever the state changes. */
  readonly onState?: (status: OutboundStatus) => void;
}

/**
 * A client of the outbound endpoint. Each method repeats its request up to three times if the connection is cut or the answer is 503. It
 * throws an {@link OutboundError} if the endpoint refuses or does not answer.
 */
export interface OutboundClient {
  /**
   * Requests a call from one of the hub's numbers. When the person answers, the call gets the TwiML of `route`.
   *
   * @param idempotencyKey 1 to 255 visible ASCII characters. The same key never places a second call. Default: a new key
   */
  placeCall(call: FieldsOf<CallRequest>, idempotencyKey?: string): Promise<QueuedRequest>;
  /** Requests a text, as {@link placeCall} does a call. While the gate of `from` is shut the text ends `blocked`. */
  sendMessage(message: FieldsOf<MessageRequest>, idempotencyKey?: string): Promise<QueuedRequest>;
  /** Reads the status of a request. */
  status(kind: Kind, id: string): Promise<OutboundStatus>;
  /**
   * Waits for a final state: `sent`, `blocked` or `failed`.
   *
   * @throws the signal's reason if it is aborted
   */
  settled(kind: Kind, id: string, options?: SettledOptions): Promise<OutboundStatus>;
}

/** The pause between two polls, in milliseconds. */
const POLL_MS = 500;

const Queued = z.object({ id: z.string(), state: z.literal("queued") });

/** Makes a client. */
export function createOutboundClient(settings: OutboundClientSettings): OutboundClient {
  const post = async (kind: Kind, body: unknown, key: string) => {
    const headers = { "idempotency-key": key };
    return parse(Queued, await request(settings, { path: COLLECTION_PATHS[kind], body, headers }));
  };
  const read = async (kind: Kind, id: string, signal?: AbortSignal): Promise<OutboundStatus> => {
    const path = `${COLLECTION_PATHS[kind]}/${encodeURIComponent(id)}`;
    return parse(OutboundStatus, await request(settings, { path, signal }));
  };
  return {
    placeCall: (call, idempotencyKey = randomUUID()) => post("call", call, idempotencyKey),
    sendMessage: (message, idempotencyKey = randomUUID()) => post("message", message, idempotencyKey),
    status: (kind, id) => read(kind, id),
    settled: async (kind, id, { signal, onState } = {}) => {
      for (let last: OutboundState | undefined; ; ) {
        const status = await read(kind, id, signal);
        if (status.state !== last) onState?.(status);
        if (isFinal(status.state)) return status;
        last = status.state;
        await pauseFor(POLL_MS, signal);
      }
    },
  };
}

function parse<Value>(schema: z.ZodType<Value>, content: unknown): Value {
  const { success, data } = schema.safeParse(content);
  if (success) return data;
  throw new OutboundError(undefined, "unexpected answer", "the program on this port is not the outbound endpoint");
}
