import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./webhook-url-exact.cases.ts";
import { webhookUrlExact } from "./webhook-url-exact.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(webhookUrlExact, given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
