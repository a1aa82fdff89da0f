/**
 * Evaluates the condition of a workflow's job, as far as the workflows use them: properties of contexts, texts, `==`, `!=`, `!`, `&&`, `||` and
 * parentheses (https://docs.github.com/en/actions/reference/workflows-and-actions/expressions).
 */
const TOKEN = /\s*(?:('(?:[^']|'')*')|(==|!=|&&|\|\||[!()])|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*))/y;

type Value = unknown;

/**
 * Whether a job with this condition runs.
 *
 * @param contexts the contexts by name, like `github`
 * @throws Error if the condition holds anything else than the parts above
 */
export function isMet(condition: string, contexts: Readonly<Record<string, unknown>>): boolean {
  const tokens = tokensOf(condition);
  const take = (token: string): boolean => tokens[0] === token && tokens.shift() !== undefined;

  function either(): Value {
    let value = both();
    while (take("||")) {
      const right = both();
      value = isTrue(value) ? value : right;
    }
    return value;
  }
  function both(): Value {
    let value = comparison();
    while (take("&&")) {
      const right = comparison();
      value = isTrue(value) ? right : value;
    }
    return value;
  }
  function comparison(): Value {
    const left = operand();
    if (take("==")) return isSame(left, operand());
    return take("!=") ? !isSame(left, operand()) : left;
  }
  function operand(): Value {
    if (take("!")) return !isTrue(operand());
    if (take("(")) {
      const value = either();
      if (!take(")")) throw new Error(`a parenthesis is missing in: ${condition}`);
      return value;
    }
    const token = tokens.shift() ?? "";
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (!/^[A-Za-z_]/.test(token)) throw new Error(`unexpected "${token}" in: ${condition}`);
    return token.split(".").reduce<unknown>(propertyOf, contexts);
  }

  const value = either();
  if (tokens.length > 0) throw new Error(`unexpected "${tokens[0]}" in: ${condition}`);
  return isTrue(value);
}

function tokensOf(condition: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < condition.trimEnd().length) {
    const at = pattern.lastIndex;
    const [, text, operator, path] = pattern.exec(condition) ?? [];
    const token = text ?? operator ?? path;
    if (token === undefined) throw new Error(`cannot read "${condition.slice(at)}"`);
    tokens.push(token);
  }
  return tokens;
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** GitHub ignores the case of texts. A property that is not there is null. */
function isSame(left: Value, right: Value): boolean {
  const plain = (value: Value) => (typeof value === "string" ? value.toLowerCase() : (value ?? null));
  return plain(left) === plain(right);
}

function isTrue(value: Value): boolean {
  return value !== undefined && value !== null && value !== "" && value !== false && value !== 0;
}
