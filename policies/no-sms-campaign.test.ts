import { expect, test } from "vitest";
import { cases } from "./cases/no-sms-campaign.ts";
import { noSmsCampaign } from "./no-sms-campaign.ts";
import { messagesOf } from "./test-cases.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(noSmsCampaign, given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
