import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./no-ip-filter-on-twilio.cases.ts";
import { noIpFilterOnTwilio } from "./no-ip-filter-on-twilio.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(noIpFilterOnTwilio, given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
