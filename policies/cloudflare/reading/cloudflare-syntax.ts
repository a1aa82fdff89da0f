/** Parses Cloudflare's rule expressions, as far as the pack reads them. */

/** An expression: a combination, or a comparison of one field with values. A comparison by an operator that the pack does not evaluate is kept. */
export type Expression =
  | { readonly kind: "and" | "or" | "xor"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "comparison";
      readonly field: string;
      readonly operator: string;
      readonly values: readonly string[];
    };

const TOKEN = /\s*(r#"[\s\S]*?"#|"(?:[^"\\]|\\.)*"|\$[\w.]+|&&|\|\||\^\^|==|!=|<=|>=|[<>~!(){},]|[\w.:/*[\]-]+)/y;
const JOINS = { or: ["or", "||"], xor: ["xor", "^^"], and: ["and", "&&"] } as const;
const OPERATORS: readonly string[] = [
  "eq",
  "==",
  "ne",
  "!=",
  "in",
  "contains",
  "matches",
  "~",
  "wildcard",
  "lt",
  "le",
  "gt",
  "ge",
  "<",
  ">",
  "<=",
  ">=",
];

class Unreadable extends Error {}

/** Parses an expression; undefined if the pack does not understand it. */
export function parseExpression(text: string): Expression | undefined {
  try {
    const tokens = new Tokens(tokenize(text));
    const parsed = parseJoin(tokens, "or");
    return tokens.peek() === undefined ? parsed : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Tokens {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): string | undefined {
    return this.#tokens[this.#at + ahead];
  }

  next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Unreadable();
    this.#at += 1;
    return token;
  }

  take(expected: string): void {
    if (this.next() !== expected) throw new Unreadable();
  }
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  const trimmed = text.trimEnd();
  while (pattern.lastIndex < trimmed.length) {
    const token = pattern.exec(trimmed)?.[1];
    if (token === undefined) throw new Unreadable();
    tokens.push(token);
  }
  return tokens;
}

/** `and` binds more tightly than `xor`, which binds more tightly than `or`. */
function parseJoin(tokens: Tokens, kind: keyof typeof JOINS): Expression {
  const operand = () => {
    if (kind === "and") return parseUnary(tokens);
    return parseJoin(tokens, kind === "or" ? "xor" : "and");
  };
  let left = operand();
  while (JOINS[kind].some((word) => word === tokens.peek())) {
    tokens.next();
    left = { kind, left, right: operand() };
  }
  return left;
}

function parseUnary(tokens: Tokens): Expression {
  const token = tokens.peek();
  if (token === "not" || token === "!") {
    tokens.next();
    return { kind: "not", operand: parseUnary(tokens) };
  }
  if (token !== "(") return parseComparison(tokens);
  tokens.next();
  const inner = parseJoin(tokens, "or");
  tokens.take(")");
  return inner;
}

function parseComparison(tokens: Tokens): Expression {
  const call = tokens.peek();
  if ((call === "starts_with" || call === "ends_with") && tokens.peek(1) === "(") {
    tokens.next();
    tokens.next();
    const field = parseField(tokens);
    tokens.take(",");
    const values = [textOf(tokens.next())];
    tokens.take(")");
    return { kind: "comparison", field, operator: call, values };
  }
  const field = parseField(tokens);
  const operator = tokens.peek();
  if (operator === "strict") {
    tokens.next();
    tokens.take("wildcard");
    return { kind: "comparison", field, operator: "strict wildcard", values: [textOf(tokens.next())] };
  }
  // A field without an operator is a boolean, like `ssl`.
  if (operator === undefined || !OPERATORS.includes(operator))
    return { kind: "comparison", field, operator: "", values: [] };
  tokens.next();
  return { kind: "comparison", field, operator, values: parseValues(tokens, operator) };
}

function parseField(tokens: Tokens): string {
  const name = tokens.next();
  if (!/^[a-z][\w.[\]-]*$/.test(name)) throw new Unreadable();
  if (tokens.peek() !== "(") return name;
  tokens.next();
  const parts: string[] = [];
  for (let depth = 1; depth > 0; ) {
    const token = tokens.next();
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (depth > 0) parts.push(token);
  }
  return `${name}(${parts.join("")})`;
}

function parseValues(tokens: Tokens, operator: string): string[] {
  // The values of a named list are not known here.
  if (tokens.peek()?.startsWith("$")) {
    tokens.next();
    return [];
  }
  if (operator !== "in") return [textOf(tokens.next())];
  tokens.take("{");
  const values: string[] = [];
  while (tokens.peek() !== "}") values.push(textOf(tokens.next()));
  tokens.take("}");
  return values;
}

function textOf(token: string): string {
  if (token.startsWith("r#")) return token.slice(3, -2);
  if (!token.startsWith('"')) return token;
  // Any other escape names a character by its number, so the text would be misread.
  if (/\\[^"\\]/.test(token.replaceAll(/\\["\\]/g, ""))) throw new Unreadable();
  return token.slice(1, -1).replace(/\\(["\\])/g, "$1");
}
