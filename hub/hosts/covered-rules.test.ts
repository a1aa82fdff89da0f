import * as fc from "fast-check";
import { RE2JS } from "re2js";
import { expect, test } from "vitest";
import { arbitraryPath } from "../testing/arbitrary-manifest.ts";
import { coversRule } from "./covered-rules.ts";

const covers = (earlier: string | undefined, later: string | undefined) =>
  coversRule({ hostname: "a.reri.co", path: earlier }, { hostname: "a.reri.co", path: later });

test.each([
  [undefined, "^/voice$"],
  ["^/", "/openphone/"],
  ["/voice", "^/openphone/voice$"],
  ["^/voice", "^/voice/status$"],
  ["^/(voice|sms)$", "^/sms$"],
  ["^/v[a-z]+e$", "^/voice$"],
  ["/open", "/openphone/"],
  ["^/hub", "^/hubspot/"],
  ["spot/", "^/hubspot/"],
  ["^/(a|b)", "^/(a|b)"],
  ["(?i)^/VOICE$", "^/voice$"],
  ["\\A/voice\\z", "^/voice$"],
  ["(?P<a>/voice)", "^/voice$"],
])("%s takes all of %s", (earlier, later) => {
  expect(covers(earlier, later)).toBe(true);
});

test.each([
  ["^/voice$", undefined],
  ["^/voice$", "^/voice/status$"],
  ["^/voice$", "^/voice"],
  ["^/voice", "/voice"],
  ["^/hubspot/", "^/hub"],
  ["(?=/voice)", "^/voice$"],
  ["^/VOICE$", "^/voice$"],
])("nothing is said of %s before %s", (earlier, later) => {
  expect(covers(earlier, later)).toBe(false);
});

test.each([
  [undefined, "a.reri.co", true],
  ["*", "a.reri.co", true],
  ["*.reri.co", "a.reri.co", true],
  ["*.reri.co", "*.b.reri.co", true],
  ["*.reri.co", "reri.co", false],
  ["a.reri.co", "b.reri.co", false],
  ["a.reri.co", undefined, false],
  ["*.Reri.co", "a.Reri.co", false],
  ["*.münchen.example", "a.münchen.example", false],
])("the host %s takes all of %s: %s", (earlier, later, expected) => {
  expect(coversRule({ hostname: earlier }, { hostname: later })).toBe(expected);
});

test("an expression over which a backtracking matcher would not end is decided", () => {
  expect(covers("^/(a|a)*b$", `^/${"a".repeat(200)}$`)).toBe(false);
});

const expression = fc
  .tuple(fc.constantFrom("", "^", "^/(a|sms|voice)", "^/.*"), arbitraryPath, fc.constantFrom("", "$", ".*", "/"))
  .map((parts) => parts.join(""));

test("a rule that is reported as covered is covered in cloudflared's syntax", () => {
  fc.assert(
    fc.property(expression, expression, arbitraryPath, (earlier, later, path) => {
      const takes = (pattern: string) => RE2JS.compile(pattern).matcher(path).find();
      return !covers(earlier, later) || !takes(later) || takes(earlier);
    }),
    { numRuns: 2_000 },
  );
});
