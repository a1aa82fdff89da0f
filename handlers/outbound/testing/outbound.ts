/** Helpers for the tests of outbound requests. */
import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import type { Manifest } from "../../../hub/manifest.ts";
import type { Credentials } from "../../start/credentials.ts";
import { apiAccount } from "../../start/validity.ts";
import { CREDENTIALS } from "../../testing/manifest.ts";
import { type OutboundRequest, outboundRequestSchema } from "../request.ts";
import type { TwilioAccount } from "../send/twilio-answer.ts";

/** A number to call, different for each index. */
export const personOf = (index: number) => `+1213555${String(index).padStart(4, "0")}`;

/** A call from one of the manifest's numbers, its first by default. */
export function callOf(manifest: Manifest, to: string, numberIndex = 0): OutboundRequest {
  const from = manifest.numbers[numberIndex]?.number;
  return outboundRequestSchema(manifest).parse({ kind: "call", to, from, route: "/voice/webhook" });
}

/** A text from the manifest's first number. */
export function messageOf(manifest: Manifest, to: string, body = "Hello."): OutboundRequest {
  const from = manifest.numbers[0]?.number;
  return outboundRequestSchema(manifest).parse({ kind: "message", to, from, body });
}

/** A new idempotency key. */
export const newKey = () => randomUUID();

/** The tests' account. Its requests go to an API in this process. */
export function accountAt(
  api: { fetch(request: Request): Promise<Response> },
  credentials: Credentials = CREDENTIALS,
): TwilioAccount {
  return {
    ...apiAccount(credentials),
    fetch: (url, init) => api.fetch(new Request(url, init)),
  };
}

/** Removes every outbound request and its job. */
export async function clearOutbound(pool: Pool): Promise<void> {
  await pool.query(
    "delete from public.twilio_outbound; delete from public.twilio_outbound_pace; delete from hub_queue.job",
  );
}
