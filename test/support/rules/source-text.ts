/** Reads the imports and the texts of a TypeScript source, for the tests of the project's rules. */
import ts from "typescript";

/** An import: by a declaration, a re-export, a type, `import()` or `require()`. */
export interface SourceImport {
  /** With {@link UNKNOWN} for each computed part; empty if there is no literal at all. */
  readonly specifier: string;
  /** The imported names, as the other module exports them; undefined for the whole module. */
  readonly names: readonly string[] | undefined;
  /** Whether the file exports it again. */
  readonly isHandedOn: boolean;
}

/** Every import of a file. */
export function importsOf(source: ts.SourceFile): SourceImport[] {
  const exported = exportedNames(source);
  return nodesOf(source).flatMap((node): SourceImport[] => {
    if (ts.isImportDeclaration(node)) return [declared(node, exported)];
    if (ts.isExportDeclaration(node) && node.moduleSpecifier) return [handedOn(node, node.moduleSpecifier)];
    const specifier = wholeModule(node);
    return specifier === undefined ? [] : [{ specifier, names: undefined, isHandedOn: false }];
  });
}

/** Every node of a tree, from the root down. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (inner: ts.Node): void => {
    found.push(inner);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return found;
}

/** Stands in a text for a part that is computed. */
export const UNKNOWN = "\u0000";

/**
 * Every text of a file, composed as far as the source shows: literals, templates, and `+`, `join` and `concat` of literals. {@link UNKNOWN} stands
 * for each computed part.
 */
export function stringsOf(source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) => {
    const text = textOf(node);
    return text === undefined ? [] : [text];
  });
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return templateText(node);
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return textOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return concatenated([node.left, node.right]);
  }
  return ts.isCallExpression(node) ? callText(node) : undefined;
}

function templateText({ head, templateSpans }: ts.TemplateExpression): string {
  return head.text + templateSpans.map(({ expression, literal }) => known(expression) + literal.text).join("");
}

function callText({ expression, arguments: args }: ts.CallExpression): string | undefined {
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const { expression: object, name } = expression;
  if (name.text === "concat") return concatenated([object, ...args]);
  if (name.text !== "join" || !ts.isArrayLiteralExpression(object)) return undefined;
  const [separator] = args;
  return object.elements.map(known).join(separator === undefined ? "," : known(separator));
}

function concatenated(parts: readonly ts.Node[]): string | undefined {
  const texts = parts.map(textOf);
  return texts.every((text) => text === undefined) ? undefined : texts.map((text) => text ?? UNKNOWN).join("");
}

function known(node: ts.Node): string {
  return textOf(node) ?? UNKNOWN;
}

function declared(
  { moduleSpecifier, importClause }: ts.ImportDeclaration,
  exported: ReadonlySet<string>,
): SourceImport {
  const bindings = importClause?.namedBindings;
  const named = bindings && ts.isNamedImports(bindings) ? [...bindings.elements] : [];
  const isNamed = bindings !== undefined && ts.isNamedImports(bindings) && importClause?.name === undefined;
  return {
    specifier: known(moduleSpecifier),
    names: isNamed ? named.map(({ name, propertyName }) => (propertyName ?? name).text) : undefined,
    isHandedOn: named.some(({ name }) => exported.has(name.text)),
  };
}

function handedOn({ exportClause }: ts.ExportDeclaration, specifier: ts.Expression): SourceImport {
  const names =
    exportClause && ts.isNamedExports(exportClause)
      ? exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
      : undefined;
  return { specifier: known(specifier), names, isHandedOn: true };
}

function wholeModule(node: ts.Node): string | undefined {
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? known(node.argument.literal) : "";
  if (ts.isExternalModuleReference(node)) return known(node.expression);
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
  const [specifier] = node.arguments;
  if (!isImport && !(ts.isIdentifier(expression) && expression.text === "require")) return undefined;
  return specifier === undefined ? "" : known(specifier);
}

/** The local names that `export { … }` and `export default` export. */
function exportedNames(source: ts.SourceFile): ReadonlySet<string> {
  const names = nodesOf(source).flatMap((node) => {
    if (ts.isExportSpecifier(node)) return [(node.propertyName ?? node.name).text];
    return ts.isExportAssignment(node) && ts.isIdentifier(node.expression) ? [node.expression.text] : [];
  });
  return new Set(names);
}
