/** The pages of lists with tokens, as npm's `twilio` reads them (`TokenPage`). */
import type { Context } from "hono";
import { Problem } from "./problem.ts";

const LARGEST_PAGE = 100;
const USUAL_PAGE = 50;

/**
 * The requested page of a list.
 *
 * @param key the name of the list in the answer
 * @throws Problem 59000 if the page is larger than 100, or the token is not one of this list's
 */
export function tokenPage(c: Context, key: string, all: readonly unknown[]): Response {
  const pageSize = Number(c.req.query("pageSize") ?? USUAL_PAGE);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > LARGEST_PAGE) {
    throw new Problem(59000, `pageSize: must be 1 to ${LARGEST_PAGE}`);
  }
  const start = startOf(key, c.req.query("pageToken"));
  const token = (other: number) => Buffer.from(`${key}:${other}`).toString("base64url");
  return c.json({
    [key]: all.slice(start, start + pageSize),
    meta: {
      key,
      pageSize,
      nextToken: start + pageSize < all.length ? token(start + pageSize) : null,
      previousToken: start > 0 ? token(Math.max(start - pageSize, 0)) : null,
    },
  });
}

function startOf(key: string, token: string | undefined): number {
  if (token === undefined) return 0;
  const [of, start] = Buffer.from(token, "base64url").toString().split(":");
  if (of !== key || start === undefined || !/^\d+$/.test(start)) throw new Problem(59000, "pageToken: is not valid");
  return Number(start);
}
