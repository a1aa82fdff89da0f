import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./webhook-host-unmoved.cases.ts";
import { webhookHostUnmoved } from "./webhook-host-unmoved.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(webhookHostUnmoved, given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
