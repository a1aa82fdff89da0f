import { expect, test } from "vitest";
import { cases } from "./cases/known-providers.ts";
import { knownProviders } from "./known-providers.ts";
import { messagesOf } from "./test-cases.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(() => knownProviders(), given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
