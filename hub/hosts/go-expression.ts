/** Go's regular expressions, in which the paths of ingress rules are written. JavaScript reads some of them differently, and may never end. */
import { RE2JS } from "re2js";

/**
 * A search for an expression in a path, in linear time. Returns undefined if Go refuses the expression.
 * Source: https://pkg.go.dev/regexp/syntax
 */
export function goExpression(text: string): ((path: string) => boolean) | undefined {
  try {
    const compiled = RE2JS.compile(text);
    return (path) => compiled.matcher(path).find();
  } catch {
    return undefined;
  }
}
