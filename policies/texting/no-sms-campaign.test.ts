import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./no-sms-campaign.cases.ts";
import { noSmsCampaign } from "./no-sms-campaign.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(noSmsCampaign, given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
