import { expect, test } from "vitest";
import { shownText } from "./shown-text.ts";

test.each([
  ["salesmsg", '"salesmsg"'],
  ["http_request_firewall_custom", '"http_request_firewall_custom"'],
  ["http_status:404", '"http_status:404"'],
  ["http://localhost:18790", '"http://localhost:18790"'],
  ["https://example.com/hooks/hunter2", '"https://example.com/…"'],
  ["https://example.com?key=hunter2", '"https://example.com/…"'],
  ["curl https://a.co/hunter2 https://b.co", '"curl https://a.co/… https://b.co"'],
])("%s is shown as %s", (text, shown) => {
  expect(shownText(text)).toBe(shown);
});

test.each([
  "http://user:hunter2@localhost:1",
  "http://user:hunter2/x@localhost:1",
  "hunter2hunter2hunter2hunter2",
  "Bearer hunter2hunter2",
])("%s keeps its secret", (text) => {
  expect(shownText(text)).not.toContain("hunter2");
});
