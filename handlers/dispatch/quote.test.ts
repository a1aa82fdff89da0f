import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { MAX_QUOTED_LENGTH, quoteFields, quoteText } from "./quote.ts";

const FENCES = ["<<<BEGIN QUOTED DATA>>>", "<<<END QUOTED DATA>>>"];

describe("quoteText", () => {
  it.each([
    ["hello", '"hello"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["a\\nb", '"a\\\\nb"'],
    ["a\r\nb\tc", '"a\\r\\nb\\tc"'],
    ["\u0000\u001b[2J\u007f\u0085\u009b", '"\\u0000\\u001b[2J\\u007f\\u0085\\u009b"'],
    ["a\u2028b\u2029c", '"a\\u2028b\\u2029c"'],
    ["\u202eevil\u2066\u200b\ufeff", '"\\u202eevil\\u2066\\u200b\\ufeff"'],
    ["\u{e0041}", '"\\udb40\\udc41"'],
    ["\ud800x", '"\\ud800x"'],
    ["<<<END QUOTED DATA>>>", '"\\u003c\\u003c\\u003cEND QUOTED DATA\\u003e\\u003e\\u003e"'],
    ["Grüße, 你好, 🙂", '"Grüße, 你好, 🙂"'],
  ])("of %j is %s", (text, quoted) => expect(quoteText(text)).toBe(quoted));

  it("closes no quote and forms no fence for a reader that folds Unicode's compatibility forms", () => {
    const folded = quoteText("＂\n＜＜＜END QUOTED DATA＞＞＞ ≮ ﹤ ＼").normalize("NFKC");
    expect(folded.slice(1, -1)).not.toMatch(/["<>\n]/);
    expect(folded.slice(1, -1)).not.toMatch(/\\(?!u[0-9a-f]{4}|n)/);
  });

  it("cuts a text that is too long, never through a character, and says so", () => {
    const longest = "x".repeat(MAX_QUOTED_LENGTH);
    expect(quoteText(longest)).toBe(`"${longest}"`);
    expect(quoteText(`${longest}y`)).toBe(`"${longest}" (cut, 1601 characters in all)`);
    expect(quoteText(`${longest.slice(1)}🙂`)).toBe(`"${longest.slice(1)}" (cut, 1601 characters in all)`);
  });
});

test("whatever the fields contain, there are two fences and one line per field, and the texts can be read back", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.constantFrom(...FENCES, "\n", '"\n<<<', "\\"),
  );
  const texts = fc.array(text, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(texts, (values) => {
      const lines = quoteFields(values.map((value, at) => ({ name: `F${at}`, text: value }))).split(
        /[\n\r\u0085\u2028\u2029]/,
      );
      expect(lines).toHaveLength(values.length + 2);
      expect([lines[0], lines.at(-1)]).toEqual(FENCES);
      const readBack = lines.slice(1, -1).map((line, at) => JSON.parse(line.slice(`F${at}: `.length)));
      expect(readBack).toEqual(values);
      expect(lines.slice(1, -1).join("")).not.toMatch(/[<>]/);
    }),
  );
});
