import fc from "fast-check";
import { expect, test } from "vitest";
import { SECRET, UNKNOWN } from "../plan/value-marks.ts";
import { changeText } from "./change-text.ts";

const RULE = { hostname: "webhook.reri.co", path: "^/sms$", service: "http://127.0.0.1:18797" };
const HEX = "22a105d093e7d890d519dada2b118e1b2600c4590345acf835815025ed0ed975";

test.each([
  ["a change", { before: "a", after: "b" }, "`p`: `a` → `b`"],
  ["an addition", { after: true }, "`p`: *none* → `true`"],
  ["a removal", { before: ["x"] }, '`p`: `["x"]` → *none*'],
  ["an empty value", { before: "", after: "b" }, "`p`: *(empty)* → `b`"],
  ["a value that is not known yet", { before: 1, after: UNKNOWN }, "`p`: `1` → *known after the up*"],
  ["a changed secret", { before: SECRET, after: SECRET }, "`p`: secret changes"],
  ["an added secret", { after: SECRET }, "`p`: secret added"],
  ["a change without values", {}, "`p`: changes; the provider does not show its values"],
  ["an added rule", { after: RULE, position: 3 }, "`p`: *none* → `http://127.0.0.1:18797` as rule 3"],
  [
    "a removed rule with options",
    { before: { ...RULE, originRequest: {} } },
    '`p`: `{"service":"http://127.0.0.1:18797","originRequest":{}}` → *none*',
  ],
  ["an added script", { after: "one\ntwo\n" }, "`p`: text added (2 lines)"],
  ["a changed script", { before: "one\n", after: "one\ntwo" }, "`p`: text changes (1 → 2 lines)"],
  ["a digest", { before: `sha256:${HEX}`, after: null }, "`p`: `sha256:22a105d093e7…` → `null`"],
  ["a possible key", { before: HEX, after: "b" }, "`p`: `[secret]` → `b`"],
  ["a phone number", { before: "+19497798471", after: "b" }, "`p`: `+1949***71` → `b`"],
])("%s", (_what, values, text) => {
  expect(changeText({ path: "p", ...values })).toBe(text);
});

test("a release's digest is not masked as a key", () => {
  expect(changeText({ path: "environment.HUB_RELEASE", before: HEX, after: "b" })).toContain("`sha256:22a105d093e7…`");
});

test("two long values are shown from the part that differs", () => {
  const text = (end: string) => `{"start":"${"x".repeat(500)}","end":"${end}"}`;
  const shown = changeText({ path: "p", before: text("old"), after: text("new") });
  expect(shown).toContain('"end":"old"}` → `');
  expect(shown).toContain('"end":"new"}`');
  expect(shown.length).toBeLessThan(200);
});

test("no value breaks out of its line or its code, mentions anybody or is too long", () => {
  const ugly = fc.string({
    unit: fc.constantFrom("`", "@everyone", "\n", "|", "<!--", "[a](b)", " ", "x".repeat(300), "- "),
  });
  fc.assert(
    fc.property(ugly, ugly, (before, after) => {
      const text = changeText({ path: before, before, after });
      expect(text).not.toContain("\n");
      expect(text.length).toBeLessThan(800);
      const outside = text.replace(/`[^`]*`/g, "");
      expect(outside).toMatch(/^(\*\(empty\)\*)?: [a-z0-9 *()→]*$/);
    }),
  );
});
