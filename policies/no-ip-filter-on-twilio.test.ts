import { expect, test } from "vitest";
import { cases } from "./cases/no-ip-filter-on-twilio.ts";
import { noIpFilterOnTwilio } from "./no-ip-filter-on-twilio.ts";
import { messagesOf } from "./test-cases.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(noIpFilterOnTwilio, given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
