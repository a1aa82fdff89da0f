/**
 * Whether one ingress rule takes every request of another. cloudflared uses the first rule that matches. A path is an unanchored Go regular
 * expression, for which the question cannot be answered in general. This module decides hosts, a path that is absent or matches all, an exact
 * path (`^/voice$`) after any expression that Go and JavaScript read alike, and literal paths, anchored or not. For any other pair, and for
 * syntax that only Go has, it reports no covering.
 */

interface Matcher {
  readonly hostname?: string | undefined;
  readonly path?: string | undefined;
}

/** Whether `earlier` certainly takes every request that `later` would take. */
export function coversRule(earlier: Matcher, later: Matcher): boolean {
  return coversHost(earlier.hostname, later.hostname) && coversPath(earlier.path, later.path);
}

function coversHost(earlier: string | undefined, later: string | undefined): boolean {
  if (!earlier || earlier === "*") return true;
  if (!later || later === "*") return false;
  if (earlier === later) return true;
  return earlier.startsWith("*.") && later.replace(/^\*/, "").endsWith(earlier.slice(1));
}

/** Expressions that match every path: a path begins with a slash. */
const EVERY_PATH: readonly string[] = ["", "/", "^", "^/", ".*", "^.*", "^/.*", "^.*$", "^/.*$", ".*$"];

/** The syntax that Go and JavaScript read alike: literals, dots, groups, alternatives, simple classes and repeats. */
const COMMON_SYNTAX = /^(?:[A-Za-z0-9/_.:^$|*+?-]|\\[./d-]|\((?!\?)|\((?=\?:)|\)|\[[A-Za-z0-9_/.-]+\])*$/;
const LITERAL = /^(\^?)([A-Za-z0-9/_-]*)(\$?)$/;

function coversPath(earlier = "", later = ""): boolean {
  if (EVERY_PATH.includes(earlier) || earlier === later) return true;
  const literal = LITERAL.exec(later);
  if (literal === null) return false;
  const [, start = "", text = "", end = ""] = literal;
  if (start !== "" && end !== "") return COMMON_SYNTAX.test(earlier) && matches(earlier, text);
  const [, earlierStart, earlierText, earlierEnd] = LITERAL.exec(earlier) ?? [];
  if (earlierText === undefined || (earlierEnd !== "" && end === "")) return false;
  if (earlierEnd !== "") return earlierStart === "" && text.endsWith(earlierText);
  return earlierStart === "" ? text.includes(earlierText) : start !== "" && text.startsWith(earlierText);
}

function matches(expression: string, path: string): boolean {
  try {
    return new RegExp(expression).test(path);
  } catch {
    return false;
  }
}
