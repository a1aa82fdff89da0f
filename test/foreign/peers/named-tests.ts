/** Finds the tests of a source by their titles. */
import ts from "typescript";
import { nodesOf } from "../../support/rules/source-text.ts";

const TESTS = ["test", "it", "describe"];

/** The tests and groups of a source: for each title, the texts in its calls, those of its table of rows among them. */
export function testsIn(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const source = ts.createSourceFile("a.test.ts", text, ts.ScriptTarget.Latest, true);
  const tests = new Map<string, Set<string>>();
  for (const node of nodesOf(source)) {
    const title = titleOf(node);
    if (title === undefined) continue;
    tests.set(title, new Set([...(tests.get(title) ?? []), ...textsIn(node), ...tableTexts(node, source)]));
  }
  return tests;
}

/** The title of a call of `test`, `it` or `describe`, also of one with a table or a condition. */
function titleOf(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !TESTS.includes(rootOf(node.expression))) return undefined;
  const [title] = node.arguments;
  return title === undefined ? undefined : literal(title);
}

/** The name that a chain of calls and properties begins with, like `it` of `it.each(rows)`. */
function rootOf(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isCallExpression(node) || ts.isPropertyAccessExpression(node) ? rootOf(node.expression) : "";
}

/** The text of a literal. A placeholder of a template stands as `%s`, like one of a table. */
function literal(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join("%s");
}

function textsIn(node: ts.Node): string[] {
  return nodesOf(node).flatMap((inner) => literal(inner) ?? []);
}

/** The texts of a table that stands in a constant of the file. */
function tableTexts(node: ts.Node, source: ts.SourceFile): string[] {
  if (!ts.isCallExpression(node) || !ts.isCallExpression(node.expression)) return [];
  const names = node.expression.arguments.flatMap((argument) => (ts.isIdentifier(argument) ? [argument.text] : []));
  return nodesOf(source).flatMap((inner) =>
    ts.isVariableDeclaration(inner) && names.includes(inner.name.getText()) ? textsIn(inner) : [],
  );
}
