import { expect, test } from "vitest";
import { isJson, type Refusal, refusalText } from "./refusal.ts";

const JSON_TYPE = "application/json; charset=UTF-8";
const refusal = (changes: Partial<Refusal> & Pick<Refusal, "status">): Refusal => ({
  ...{
    vendor: "Cloudflare",
    credentials: "hub:cloudflare.apiToken",
    names: "hub:cloudflare.tunnelId",
    statusPage: "https://www.cloudflarestatus.com",
  },
  ...{ contentType: JSON_TYPE, retryAfter: null },
  ...changes,
});

test.each<[what: string, changes: Partial<Refusal> & Pick<Refusal, "status">, text: string]>([
  [
    "a refused token",
    { status: 403, reasons: "9109 Unauthorized" },
    "Cloudflare answered 403 (9109 Unauthorized); check hub:cloudflare.apiToken",
  ],
  ["a wrong token", { status: 401 }, "Cloudflare answered 401; check hub:cloudflare.apiToken"],
  [
    "an unknown name",
    { status: 404, reasons: "1003 Tunnel not found" },
    "Cloudflare answered 404 (1003 Tunnel not found): it does not have that; check hub:cloudflare.tunnelId",
  ],
  [
    "too many requests",
    { status: 429 },
    "Cloudflare answered 429: there were too many requests. Run this again in five minutes",
  ],
  [
    "too many requests, with a wait",
    { status: 429, retryAfter: "120" },
    "Cloudflare answered 429: there were too many requests. Run this again in 120 seconds",
  ],
  [
    "too many requests, with a date",
    { status: 429, retryAfter: "Fri, 31 Dec 2027 23:59:59 GMT" },
    "Cloudflare answered 429: there were too many requests. Run this again after Fri, 31 Dec 2027 23:59:59 GMT",
  ],
  [
    "a fault of the vendor's",
    { status: 502, reasons: "10001 Bad gateway" },
    "Cloudflare answered 502 (10001 Bad gateway): this is a fault of Cloudflare's own, see https://www.cloudflarestatus.com. Run this again later",
  ],
  [
    "a fault without a body",
    { status: 503, contentType: null },
    "Cloudflare answered 503: this is a fault of Cloudflare's own, see https://www.cloudflarestatus.com. Run this again later",
  ],
  [
    "a page in place of an answer",
    { status: 200, contentType: "text/html; charset=utf-8" },
    "Cloudflare answered 200 with an HTML page, which is not of the API: a gateway or a proxy answered in its place. Check the network and https://www.cloudflarestatus.com, then run this again",
  ],
  [
    "a page with a status that would mean the token",
    { status: 403, contentType: "text/html" },
    "Cloudflare answered 403 with an HTML page, which is not of the API: a gateway or a proxy answered in its place. Check the network and https://www.cloudflarestatus.com, then run this again",
  ],
  [
    "another type",
    { status: 200, contentType: "text/plain; charset=utf-8" },
    "Cloudflare answered 200 with the type text/plain, which is not of the API: a gateway or a proxy answered in its place. Check the network and https://www.cloudflarestatus.com, then run this again",
  ],
])("is named for what it is: %s", (_what, changes, text) => {
  expect(refusalText(refusal(changes))).toBe(text);
});

test.each([
  [JSON_TYPE, true],
  ["application/problem+json", true],
  ["APPLICATION/JSON", true],
  ["text/html", false],
  ["application/jsonp", false],
  [null, false],
])("%s is JSON: %s", (type, expected) => {
  expect(isJson(type)).toBe(expected);
});
