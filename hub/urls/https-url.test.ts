import { expect, test } from "vitest";
import { isHttpsUrl } from "./https-url.ts";

test.each(["https://webhook.reri.co", "https://webhook.reri.co/voice", "https://a.ts.net/voice/recording-complete"])(
  "%s can be registered",
  (url) => {
    expect(isHttpsUrl(url)).toBe(true);
  },
);

test.each([
  ...["http://webhook.reri.co/voice", "webhook.reri.co/voice", "/voice", "https://", "https:///voice"],
  ...["https://webhook.reri.co/", "https://webhook.reri.co/voice/", "https://webhook.reri.co//voice"],
  ...["https://webhook.reri.co:443/voice", "https://a:b@webhook.reri.co/voice"],
  ...["https://webhook.reri.co/voice?x=1", "https://webhook.reri.co/voice#rc=2", "https://webhook.reri.co/a b"],
])("%s cannot", (url) => {
  expect(isHttpsUrl(url)).toBe(false);
});
