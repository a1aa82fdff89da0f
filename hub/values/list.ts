import { z } from "zod";

/**
 * A list in the stack's config.
 *
 * @param what what its entries are called in the message where there is no list
 */
export function list<Item extends z.ZodType>(item: Item, what: string): z.ZodArray<Item> {
  return z.array(item, { error: (issue) => (issue.input === undefined ? "missing" : `expected a list of ${what}`) });
}
