/** The TypeScript compiler's verdict on values: strict, with exact optional properties, and over unknown members too. */
import { join } from "node:path";
import ts from "typescript";
import { PROJECT } from "../../../tools/cli/paths.ts";
import { MISSING, moduleText, type Place, type Typed } from "./module-text.ts";

/** A value that lacks its type. */
export interface TypeProblem extends Place {
  /** The compiler's first line. */
  readonly message: string;
}

/** The module's place: it exists in memory alone, and finds the SDK as a file there would. */
const MODULE = join(PROJECT, "test", "foreign", "cloudflare-sdk", "recorded-values.ts");

/** A compiler that reads the SDK once. */
export class Compiler {
  #text = "";
  #program: ts.Program | undefined;
  readonly #options = projectOptions();
  readonly #host = this.#makeHost();

  /** The problems of values. */
  problems(values: readonly Typed[]): TypeProblem[] {
    const { text, places } = moduleText(values);
    this.#text = text;
    this.#program = ts.createProgram([MODULE], this.#options, this.#host, this.#program);
    const source = this.#program.getSourceFile(MODULE);
    if (source === undefined) throw missing();
    const found = [...this.#program.getSyntacticDiagnostics(source), ...this.#program.getSemanticDiagnostics(source)];
    return found.map(({ start = 0, messageText }) => {
      const message = ts.flattenDiagnosticMessageText(messageText, "\n").split("\n")[0] ?? "";
      const line = ts.getLineAndCharacterOfPosition(source, start).line;
      const place = places.get(line);
      if (place === undefined) throw new Error(`the module's own line ${line + 1}: ${message}`);
      return { ...place, message };
    });
  }

  /** The members that an object of a type may have, at any depth: `result.account.id`. Those of a list's items stand under the list's name. */
  members(type: string): string[] {
    this.problems([{ type, value: MISSING }]);
    const checker = this.#program?.getTypeChecker();
    const statement = this.#program?.getSourceFile(MODULE)?.statements.at(-1);
    const value =
      statement && ts.isVariableStatement(statement) && statement.declarationList.declarations[0]?.initializer;
    if (!checker || !value || !ts.isSatisfiesExpression(value)) throw missing();
    return membersOf(checker, checker.getTypeFromTypeNode(value.type), []);
  }

  #makeHost(): ts.CompilerHost {
    const host = ts.createCompilerHost(this.#options);
    const files = new Map<string, ts.SourceFile | undefined>();
    return {
      ...host,
      fileExists: (file) => file === MODULE || host.fileExists(file),
      readFile: (file) => (file === MODULE ? this.#text : host.readFile(file)),
      getSourceFile: (file, options) => {
        if (file === MODULE) return ts.createSourceFile(file, this.#text, options);
        if (!files.has(file)) files.set(file, host.getSourceFile(file, options));
        return files.get(file);
      },
    };
  }
}

const missing = () => new Error("the compiler lost the module");

function membersOf(checker: ts.TypeChecker, type: ts.Type, path: readonly string[]): string[] {
  const item = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  const isList = item !== undefined && !(type.flags & ts.TypeFlags.StringLike);
  const parts = type.isUnion() ? type.types : isList ? [item] : undefined;
  if (parts !== undefined) return [...new Set(parts.flatMap((part) => membersOf(checker, part, path)))];
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return [];
  return checker.getPropertiesOfType(type).flatMap((member) => {
    const name = [...path, member.name];
    return [name.join("."), ...membersOf(checker, checker.getTypeOfSymbol(member), name)];
  });
}

/** The project's own options. */
function projectOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(PROJECT, "tsconfig.json"), ts.sys.readFile);
  // The module imports the types of every operation, and may need a part of them.
  return { ...ts.convertCompilerOptionsFromJson(config.compilerOptions, PROJECT).options, noUnusedLocals: false };
}
