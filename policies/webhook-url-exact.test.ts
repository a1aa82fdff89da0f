import { expect, test } from "vitest";
import { cases } from "./cases/webhook-url-exact.ts";
import { messagesOf } from "./test-cases.ts";
import { webhookUrlExact } from "./webhook-url-exact.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(webhookUrlExact, given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
