import { expect, test } from "vitest";
import { messagesOf } from "../testing/cases.ts";
import { cases } from "./docusign-list-rotated.cases.ts";
import { docusignListRotated } from "./docusign-list-rotated.ts";

test.each(cases)("$name", async (given) => {
  const messages = await messagesOf(() => docusignListRotated(), given);
  if (given.violates === undefined) expect(messages).toEqual([]);
  else expect(messages[0]).toMatch(given.violates);
});
