/** Records the requests to the loopback's Cloudflare and its answers, at the `fetch` that all its clients use. */

/** A request and its answer. */
export interface Exchange {
  readonly method: string;
  /** The path behind the API's base. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parsed body; undefined without a body. */
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** Makes a `fetch` that records what passes it. */
export function recording(fetched: typeof fetch, exchanges: Exchange[]): typeof fetch {
  return async (input, init) => {
    const response = await fetched(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    const [, path] = /^\/client\/v4(\/.*)$/.exec(url.pathname) ?? [];
    if (path === undefined) return response;
    const text = await response.clone().text();
    exchanges.push({
      method: (init?.method ?? "GET").toUpperCase(),
      ...{ path, query: url.searchParams, status: response.status },
      body: typeof init?.body === "string" ? JSON.parse(init.body) : undefined,
      answer: JSON.parse(text),
    });
    return response;
  };
}
