import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./known-providers.cases.ts";
import { knownProviders } from "./known-providers.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(() => knownProviders(), given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
