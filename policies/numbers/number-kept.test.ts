import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./number-kept.cases.ts";
import { numberKept } from "./number-kept.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(() => numberKept(), given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
