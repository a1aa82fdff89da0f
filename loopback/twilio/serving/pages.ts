/** The pages of lists in Twilio's APIs. */
import type { Context } from "hono";

interface Slice<Item> {
  readonly items: readonly Item[];
  readonly page: number;
  readonly pageSize: number;
  readonly start: number;
  /** The query of another page of the same list. */
  query(page: number): string;
  readonly hasNext: boolean;
}

function slice<Item>(c: Context, all: readonly Item[]): Slice<Item> {
  const pageSize = Math.min(count(c.req.query("PageSize"), 50) || 50, 1000);
  const page = count(c.req.query("Page"), 0);
  const start = page * pageSize;
  const query = (other: number) => {
    const search = new URLSearchParams(c.req.query());
    search.set("PageSize", String(pageSize));
    search.set("Page", String(other));
    return search.toString();
  };
  return {
    items: all.slice(start, start + pageSize),
    page,
    pageSize,
    start,
    query,
    hasNext: start + pageSize < all.length,
  };
}

function count(value: string | undefined, otherwise: number): number {
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : otherwise;
}

/**
 * The requested page of a list, for the 2010-04-01 API (https://www.twilio.com/docs/usage/twilios-response#pagination).
 *
 * @param key the name of the list in the answer
 */
export function page2010<Item>(c: Context, key: string, all: readonly Item[]): Response {
  const { items, page, pageSize, start, query, hasNext } = slice(c, all);
  const { pathname } = new URL(c.req.url);
  const uri = (other: number) => `${pathname}?${query(other)}`;
  return Response.json({
    [key]: items,
    page,
    page_size: pageSize,
    start,
    end: Math.max(start + items.length - 1, 0),
    uri: uri(page),
    first_page_uri: uri(0),
    next_page_uri: hasNext ? uri(page + 1) : null,
    previous_page_uri: page > 0 ? uri(page - 1) : null,
  });
}

/**
 * The requested page of a list, for a v1 API.
 *
 * @param key the name of the list in the answer
 */
export function pageV1<Item>(c: Context, key: string, all: readonly Item[]): Response {
  const { items, page, pageSize, query, hasNext } = slice(c, all);
  const { origin, pathname } = new URL(c.req.url);
  const url = (other: number) => `${origin}${pathname}?${query(other)}`;
  const meta = {
    key,
    page,
    page_size: pageSize,
    url: url(page),
    first_page_url: url(0),
    next_page_url: hasNext ? url(page + 1) : null,
    previous_page_url: page > 0 ? url(page - 1) : null,
  };
  return Response.json({ [key]: items, meta });
}
