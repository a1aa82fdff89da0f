/** Go's regular expressions, as far as JavaScript's mean the same. */

/** What Go refuses or reads otherwise, though JavaScript takes it: look-around, back references, `\u`, `\c`, and the classes `[]` and `[^]`. */
const NOT_GO = /\(\?(?:[=!]|<[=!])|\\(?:[1-9]|k<|u|c)|\[\^?\]/;

/**
 * Compiles a Go regular expression (https://pkg.go.dev/regexp/syntax), unanchored as cloudflared uses it. JavaScript's engine runs it, and
 * nothing is converted: an expression that JavaScript does not know (`\A`, `(?i)`, `(?P<name>…)`), or that Go does not, is refused. Two
 * differences remain: `.` does not match a carriage return, and `\s` matches more than ASCII white space. Neither stands in a URL's path.
 *
 * @throws Error where the expression is refused
 */
export function goRegExp(source: string): RegExp {
  if (NOT_GO.test(source)) throw new Error(`not a Go regular expression: ${source}`);
  return new RegExp(source, "u");
}
