import { expect, test } from "vitest";
import { shownDigest, shownUrl } from "./shown-value.ts";

test("a URL is shown to the letter", () => {
  expect(shownUrl("https://webhook.reri.co/voice/")).toBe('"https://webhook.reri.co/voice/"');
  expect(shownUrl(5)).toBe("5");
});

test.each(["https://a:hunter2@b.co/", "https://b.co/?secret=hunter2", "https://b.co/#hunter2"])("%s is not", (url) => {
  expect(shownUrl(url)).not.toContain("hunter2");
});

test("a digest is shown, and nothing that stands in its place", () => {
  const digest = `sha256:${"a1".repeat(32)}`;
  expect(shownDigest(digest)).toBe(digest);
  expect(shownDigest(undefined)).toBe("no digest");
  for (const value of [`${digest}0`, "hunter2", 5, { a: "hunter2" }]) {
    expect(shownDigest(value)).toBe("what is no digest (not shown)");
  }
});
