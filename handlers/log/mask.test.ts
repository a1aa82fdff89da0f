import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { maskNumber } from "./mask.ts";

describe("maskNumber", () => {
  it.each([
    ["+19497798471", "+1949***71"],
    ["+18446883807", "+1844***07"],
    ["+447700900123", "+4477***23"],
    ["+3212345678", "+321***78"],
    ["+1234567", "+***67"],
    ["whatsapp:+19497798471", "whatsapp:+1949***71"],
    ["client:alice", "client:***"],
    ["sip:alice@example.com:5060", "sip:***"],
    ["SIPS:alice@example.com", "sips:***"],
    ["whatsapp:alice", "whatsapp:***"],
    ["messenger:1234567890", "messenger:***"],
    ["262966", "***"],
    ["19497798471", "***"],
    [" 19497798471", "***"],
    ["+1949", "***"],
    ["+1 949 779 8471", "***"],
    ["+19497798471\n+19497798472", "***"],
    ["alice:+19497798471", "***"],
    ["Anonymous", "***"],
    ["", "***"],
  ])("of %j is %s", (address, masked) => {
    expect(maskNumber(address)).toBe(masked);
  });
});

const digits = fc.stringMatching(/^[1-9]\d{6,14}$/);

test("at least five digits before the last two are hidden in any number", () => {
  fc.assert(
    fc.property(digits, fc.stringMatching(/^\d{5}$/), (number, other) => {
      const another = `${number.slice(0, -7)}${other}${number.slice(-2)}`;
      fc.pre(!another.startsWith("0"));
      expect(maskNumber(`+${another}`)).toBe(maskNumber(`+${number}`));
    }),
  );
});

test("any other text is hidden", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^\+?\d+$/.test(text));
      expect(maskNumber(`x${text}`)).toBe("***");
    }),
  );
});
