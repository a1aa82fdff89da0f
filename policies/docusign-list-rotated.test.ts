import { expect, test } from "vitest";
import { cases } from "./cases/docusign-list-rotated.ts";
import { docusignListRotated } from "./docusign-list-rotated.ts";
import { messagesOf } from "./test-cases.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(() => docusignListRotated(), given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
