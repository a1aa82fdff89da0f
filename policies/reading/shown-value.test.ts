import { expect, test } from "vitest";
import { manifestWith } from "../../hub/testing/config.ts";
import { PENDING_PATH, TEST_ROUTES } from "../../hub/testing/routes.ts";
import { NOT_KNOWN } from "./known-value.ts";
import { shown, shownDigest, shownExpression, shownUrl } from "./shown-value.ts";

test.each([
  [NOT_KNOWN, "its value is not known in the preview"],
  [{ a: [NOT_KNOWN] }, "part of its value is not known in the preview"],
  [undefined, "found none"],
  [null, "found none"],
  [5, "found 5"],
  ["block", 'found "block"'],
  ["http://user:hunter2@a.co", 'found "http://…"'],
  [{ a: ["x", { b: "https://a.co/hunter2" }] }, 'found a[0] "x", a[1].b "https://a.co/…"'],
  [{ a: true }, "found a value without texts"],
])("%o is shown as %s", (value, text) => {
  expect(shown(value)).toBe(text);
});

test.each([
  ["https://webhook.reri.co/voice/webhook", 'found "https://webhook.reri.co/voice/webhook"'],
  ["http://webhook.reri.co/voice/webhook/", 'found "http://webhook.reri.co/voice/webhook/"'],
  [`https://webhook.reri.co${PENDING_PATH}`, `found "https://webhook.reri.co${PENDING_PATH}"`],
  ["https://a:hunter2@webhook.reri.co/voice?b=hunter2#hunter2", 'found "https://webhook.reri.co/voice"'],
  ["https://webhook.reri.co/hunter2", "found a URL of webhook.reri.co (its path is not shown)"],
  ["https://b.co/voice/webhook", "found a URL of b.co (its path is not shown)"],
  ["mailto:hunter2", "found a URL of no host (its path is not shown)"],
  ["hunter2", "found a text (not shown)"],
  [["https://webhook.reri.co/hunter2"], 'found [0] "https://webhook.reri.co/…"'],
])("the URL %o is shown as %s", (value, text) => {
  expect(shownUrl(value, manifestWith({}, TEST_ROUTES))).toBe(text);
});

test.each([
  ['http.host eq "a.co" and ip.src in $x', 'found "http.host eq \\"a.co\\" and ip.src in $x"'],
  ['http.request.headers["key"][0] eq "hunter2"', 'found "http.request.headers[\\"…\\"][0] eq \\"…\\""'],
  [NOT_KNOWN, "its value is not known in the preview"],
])("the expression %s is shown as %s", (value, text) => {
  expect(shownExpression(value)).toBe(text);
});

test("a digest is shown, and any other value in its place is not", () => {
  const digest = `sha256:${"a1".repeat(32)}`;
  expect(shownDigest(digest)).toBe(`found ${digest}`);
  expect(shownDigest(undefined)).toBe("found no digest");
  expect(shownDigest(NOT_KNOWN)).toBe("its value is not known in the preview");
  for (const value of [`${digest}0`, "hunter2", 5, { a: "hunter2" }]) {
    expect(shownDigest(value)).toBe("found a value that is not a digest (not shown)");
  }
});
