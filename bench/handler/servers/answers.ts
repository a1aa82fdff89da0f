/** Checks that the servers do the same work: they answer a call with the same bytes. */
import { openConnection } from "../connection.ts";
import type { ByServer, Subject } from "../measure.ts";
import { signedCall } from "../webhooks.ts";

/**
 * Sends a call to each server, and compares the answers.
 *
 * @throws Error if the answers differ
 */
export async function requireSameAnswer({ hub, usual, bare }: ByServer<Subject>): Promise<void> {
  const expected = await answerOf(hub);
  for (const [name, subject] of Object.entries({ usual, bare })) {
    const answer = await answerOf(subject);
    if (answer !== expected) throw new Error(`${name} answers a call with ${answer}, the hub with ${expected}`);
  }
}

async function answerOf({ port }: Subject): Promise<string> {
  const connection = await openConnection(port);
  try {
    const { status, body } = await connection.send(signedCall().bytes);
    return `${status} ${body}`;
  } finally {
    connection.close();
  }
}
