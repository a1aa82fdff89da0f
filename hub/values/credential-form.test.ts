import { expect, test } from "vitest";
import { accountSidProblem, apiKeySidProblem, gateFileKeyProblem, isToken, tokenProblem } from "./credential-form.ts";

const HEX = "0123456789abcdef".repeat(2);
const REFERENCE = "op://Aurora/twilio/auth-token";

test.each([HEX, "ops_eyJ-._~+/=", "!"])("%j is a token", (value) => {
  expect(isToken(value)).toBe(true);
  expect(tokenProblem(REFERENCE, value)).toBeUndefined();
});

test.each([
  ["a blank behind it", `${HEX} `],
  ["a blank before it", ` ${HEX}`],
  ["a blank inside", `${HEX} ${HEX}`],
  ["a line end", `${HEX}\n`],
  ["a line end of Windows", `${HEX}\r\n`],
  ["a tab", `${HEX}\t`],
  ["a no-break space", `${HEX}\u00a0`],
  ["a zero-width space", `${HEX}\u200b`],
  ["a byte order mark", `\ufeff${HEX}`],
  ["only a blank", " "],
])("a value with %s is not a token; the problem names its reference and not the value", (_what, value) => {
  expect(isToken(value)).toBe(false);
  const problem = tokenProblem(REFERENCE, value) ?? "";
  expect(problem).toMatch(/^op:\/\/Aurora\/twilio\/auth-token: expected a token without blanks/);
  expect(problem).not.toContain(HEX);
  expect(problem).not.toContain("\n");
});

test("an empty value is no token", () => {
  expect(isToken("")).toBe(false);
  expect(tokenProblem(REFERENCE, "")).toBe(`${REFERENCE}: the value is empty; set it in 1Password`);
});

test("an account SID is AC and 32 lower-case hex digits, and nothing else", () => {
  expect(accountSidProblem(REFERENCE, `AC${HEX}`)).toBeUndefined();
  for (const value of ["", HEX, `AC${HEX}\n`, ` AC${HEX}`, `SK${HEX}`, `AC${HEX.toUpperCase()}`]) {
    expect(accountSidProblem(REFERENCE, value)).toMatch(/^op:\S+: expected an account SID/);
  }
});

test("an API key's SID is SK and 32 lower-case hex digits, and nothing else", () => {
  expect(apiKeySidProblem(REFERENCE, `SK${HEX}`)).toBeUndefined();
  for (const value of ["", HEX, `SK${HEX}\n`, ` SK${HEX}`, `AC${HEX}`, `SK${HEX.toUpperCase()}`]) {
    expect(apiKeySidProblem(REFERENCE, value)).toMatch(/^op:\S+: expected an API key's SID/);
  }
});

test("a gate file's key is a token of at least 32 characters", () => {
  expect(gateFileKeyProblem(REFERENCE, HEX)).toBeUndefined();
  expect(gateFileKeyProblem(REFERENCE, HEX.slice(1))).toContain("expected a key of at least 32 characters");
  expect(gateFileKeyProblem(REFERENCE, "")).toContain("the value is empty");
  expect(gateFileKeyProblem(REFERENCE, `${HEX} `)).toContain("without blanks");
});
