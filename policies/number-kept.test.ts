import { expect, test } from "vitest";
import { cases } from "./cases/number-kept.ts";
import { numberKept } from "./number-kept.ts";
import { messagesOf } from "./test-cases.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(() => numberKept(), given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
