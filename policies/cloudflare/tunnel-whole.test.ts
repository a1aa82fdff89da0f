import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./tunnel-whole.cases.ts";
import { tunnelWhole } from "./tunnel-whole.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(tunnelWhole, given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
