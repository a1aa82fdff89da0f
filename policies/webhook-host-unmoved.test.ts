import { expect, test } from "vitest";
import { cases } from "./cases/webhook-host-unmoved.ts";
import { messagesOf } from "./test-cases.ts";
import { webhookHostUnmoved } from "./webhook-host-unmoved.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(webhookHostUnmoved, given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
