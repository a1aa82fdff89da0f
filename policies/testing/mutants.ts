/** Makes sources with one condition reversed, for the mutation test. */
import ts from "typescript";

/** A source with one condition reversed. */
export interface Mutant {
  /** The line and the condition, for people. */
  readonly at: string;
  readonly source: string;
}

/** The methods that take a predicate. */
const PREDICATE_METHODS: readonly string[] = ["filter", "find", "findIndex", "some", "every"];

/**
 * Makes one mutant for each condition of a source: of an `if`, of a `?:`, each side of `&&` and `||`, and each predicate of a method like `filter`. A
 * mutant of a policy reports a violation that the source would not report, or the other way round.
 */
export function mutantsOf(source: string): Mutant[] {
  const file = ts.createSourceFile("policy.ts", source, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    for (const { from, reverse } of conditionsOf(node)) {
      const [start, text] = [from.getStart(file), from.getText(file)];
      const { line } = file.getLineAndCharacterOfPosition(start);
      mutants.push({
        at: `${line + 1}: ${text}`,
        source: `${source.slice(0, start)}${reverse(text)}${source.slice(from.end)}`,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return mutants;
}

interface Condition {
  readonly from: ts.Node;
  readonly reverse: (text: string) => string;
}

const negated = (text: string) => `!(${text})`;
const negatedPredicate = (text: string) => `((...all) => !(${text})(...all))`;

function conditionsOf(node: ts.Node): Condition[] {
  if (ts.isIfStatement(node)) return [{ from: node.expression, reverse: negated }];
  if (ts.isConditionalExpression(node)) return [{ from: node.condition, reverse: negated }];
  if (ts.isBinaryExpression(node) && isLogical(node.operatorToken.kind)) {
    return [node.left, node.right].filter(isCondition).map((from) => ({ from, reverse: negated }));
  }
  if (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    PREDICATE_METHODS.includes(node.expression.name.text)
  ) {
    return node.arguments.slice(0, 1).map((from) => ({ from, reverse: negatedPredicate }));
  }
  return [];
}

function isLogical(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
}

/** Whether a side of `&&` or `||` is a condition, and not a message after `&&` or a default after `||`. */
function isCondition(node: ts.Node): boolean {
  return !(ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || ts.isArrayLiteralExpression(node));
}
