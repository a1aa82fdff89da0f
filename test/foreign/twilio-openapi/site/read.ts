/** Requests of the steps to the loopback cloud's Twilio. */
import { z } from "zod";
import { callApi, type RequestOptions } from "../../../../loopback/twilio/testing/account.ts";
import type { Site } from "./site.ts";

const Sid = z.object({ sid: z.string() });
const NextPage = z.object({
  next_page_uri: z.string().nullish(),
  meta: z.object({ next_page_url: z.string().nullable() }).optional(),
});

/** Posts a form that creates something, and returns its SID. */
export async function create(
  site: Pick<Site, "cloud">,
  url: string,
  form: RequestOptions["form"] & {},
): Promise<string> {
  return Sid.parse(await read(site, url, { form })).sid;
}

/**
 * Sends a request, and returns the answer's JSON.
 *
 * @throws Error if Twilio refuses it
 */
export async function read({ cloud }: Pick<Site, "cloud">, url: string, options?: RequestOptions): Promise<unknown> {
  const { status, json } = await callApi(cloud.twilio, url, options);
  if (status >= 300) throw new Error(`${url} answered ${status}`);
  return json;
}

/** Reads a list to its last page. */
export async function readPages(site: Pick<Site, "cloud">, first: string): Promise<void> {
  let url: string | undefined = first;
  while (url !== undefined) {
    const { next_page_uri, meta } = NextPage.parse(await read(site, url));
    const next: string | null | undefined = meta === undefined ? next_page_uri : meta.next_page_url;
    url = next ? new URL(next, url).href : undefined;
  }
}
