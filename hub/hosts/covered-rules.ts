/**
 * Whether one ingress rule takes every request of another. cloudflared takes the first rule that matches, and a path is an unanchored Go regular
 * expression, for which that cannot be decided in general. Decided here are the hosts; a path that is absent or matches all; an exact path
 * (`^/voice$`) behind any expression that Go and JavaScript read alike; and literal paths, anchored or not. Between two expressions
 * that are more than that nothing is said. Of an expression that only Go knows nothing is said either.
 */

interface Matcher {
  readonly hostname?: string | undefined;
  readonly path?: string | undefined;
}

/** Whether `earlier` surely takes all that `later` would take. */
export function coversRule(earlier: Matcher, later: Matcher): boolean {
  return coversHost(earlier.hostname, later.hostname) && coversPath(earlier.path, later.path);
}

function coversHost(earlier: string | undefined, later: string | undefined): boolean {
  if (!earlier || earlier === "*") return true;
  if (!later || later === "*") return false;
  if (earlier === later) return true;
  return earlier.startsWith("*.") && later.replace(/^\*/, "").endsWith(earlier.slice(1));
}

/** Expressions that every path matches: a path begins with a slash. */
const EVERY_PATH: readonly string[] = ["", "/", "^", "^/", ".*", "^.*", "^/.*", "^.*$", "^/.*$", ".*$"];

/** Literals, dots, groups, alternatives, simple classes and repeats: what Go and JavaScript read alike. */
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
