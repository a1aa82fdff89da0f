import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areWellFormed, formParameters, hasTooManyPairs, jsonParameters, MAX_PARAMETERS } from "./parameters.ts";

describe("formParameters", () => {
  it.each<[string, string, Record<string, string | string[]>]>([
    ["nothing", "", {}],
    ["pairs", "From=%2B1949&Body=a+b%26c", { From: "+1949", Body: "a b&c" }],
    ["empty values", "Body=&Digits", { Body: "", Digits: "" }],
    ["a name that is repeated", "A=2&B=x&A=1&A=2", { A: ["2", "1", "2"], B: "x" }],
    ["text beyond ASCII", "Body=%F0%9F%91%8B", { Body: "👋" }],
    ["a leading question mark", "?AccountSid=AC1", { "?AccountSid": "AC1" }],
    ["broken percent encoding", "Body=%zz%f0", { Body: "%zz\ufffd" }],
  ])("reads %s", (_what, body, expected) => {
    expect({ ...formParameters(body) }).toEqual(expected);
  });

  it("reads back any parameters", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }))), (pairs) => {
        const read = formParameters(new URLSearchParams(pairs).toString());
        for (const [name] of pairs) {
          const values = pairs.filter(([other]) => other === name).map(([, value]) => value);
          expect([read[name]].flat()).toEqual(values);
        }
      }),
    );
  });

  it("treats the name of the prototype like any other", () => {
    const parameters = formParameters("__proto__=x&constructor=y&__proto__=z");
    expect(Object.getPrototypeOf(parameters)).toBeNull();
    expect(Object.entries(parameters)).toEqual([
      ["__proto__", ["x", "z"]],
      ["constructor", "y"],
    ]);
  });

  it("reads a body of repeats in linear time", () => {
    expect(formParameters("a&".repeat(32 * 1024)).a).toHaveLength(32 * 1024);
  });
});

describe("jsonParameters", () => {
  it("reads the members that are strings", () => {
    const parameters = jsonParameters('{"AccountSid":"AC1","Count":1,"Nested":{"a":"b"},"None":null}');
    expect({ ...parameters }).toEqual({ AccountSid: "AC1" });
  });

  it.each(["", "{", "null", "1", '"AccountSid"', '["AccountSid"]'])("finds no parameters in %j", (body) => {
    expect(Object.keys(jsonParameters(body))).toEqual([]);
  });
});

describe("areWellFormed", () => {
  it.each(["AccountSid", "MediaUrl0", "Stir.Verstat", "error_code", "a", "SipHeader_X-Account-Id"])(
    "accepts %s",
    (name) => {
      expect(areWellFormed({ [name]: "", CallSid: "" })).toBe(true);
    },
  );

  it.each(["", "/statusAccountSid", "?x", "0A", "_a", "__proto__", "A B", "-A", "A/B", "A?B", "A\n", "Á"])(
    "refuses %j",
    (name) => {
      expect(areWellFormed(formParameters(`CallSid=x&${encodeURIComponent(name)}=x`))).toBe(false);
    },
  );
});

describe("hasTooManyPairs", () => {
  const pairs = (count: number) => Buffer.from(Array.from({ length: count }, (_, index) => `A${index}=x`).join("&"));

  it.each([
    ["no pair", Buffer.from(""), false],
    ["a value with an encoded separator", Buffer.from(`Body=${"%26".repeat(MAX_PARAMETERS)}`), false],
    ["as many as are allowed", pairs(MAX_PARAMETERS), false],
    ["one more", pairs(MAX_PARAMETERS + 1), true],
    ["one name many times", Buffer.from("a&".repeat(MAX_PARAMETERS)), true],
    ["only separators", Buffer.from("&".repeat(64 * 1024)), true],
  ])("counts %s", (_what, body, expected) => expect(hasTooManyPairs(body)).toBe(expected));
});
