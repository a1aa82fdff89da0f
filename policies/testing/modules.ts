/** Loads modules of the project with the source of one of them replaced, for the mutation test. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { compileFunction } from "node:vm";
import ts from "typescript";

const real = createRequire(import.meta.url);
const scripts = new Map<string, string>();
const imported = new Map<string, readonly string[]>();
/** For each file, the modules that were looked at, and whether they lead to it. */
const leading = new Map<string, Map<string, boolean>>();

type Exported = Record<string, unknown>;

/**
 * Loads a module as if one file had another source. Every module that leads to that file is loaded anew. Everything else is the real module, so that
 * both sides share its values.
 *
 * @param file the module's path, absolute
 * @param stays modules that stay real even if they lead to the file: loading fewer modules saves time
 * @throws whatever the modules throw when they are loaded
 */
export function loadReplaced(file: string, replaced: string, source: string, stays: readonly string[] = []): Exported {
  const loaded = new Map<string, Exported>();
  const load = (path: string): Exported => {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const exported: Exported = {};
    loaded.set(path, exported);
    const require = (specifier: string): unknown => {
      const target = specifier.startsWith(".") ? resolve(dirname(path), specifier) : undefined;
      if (target === undefined) return real(specifier);
      return leadsTo(target, replaced) && !stays.includes(target) ? load(target) : real(target);
    };
    const script = path === replaced ? scriptOf(source) : cachedScript(path);
    compileFunction(script, ["exports", "require"], { filename: path })(exported, require);
    return exported;
  };
  return load(file);
}

/** Whether a module is a file, or imports it directly or through other modules. */
export function leadsTo(module: string, file: string): boolean {
  if (module === file) return true;
  const known = leading.get(file) ?? new Map<string, boolean>();
  leading.set(file, known);
  const leads = known.get(module);
  if (leads !== undefined) return leads;
  // Ends a circle of imports.
  known.set(module, false);
  const found = importsOf(module).some((next) => leadsTo(next, file));
  known.set(module, found);
  return found;
}

/** The project's own modules that a module imports, without imports of types alone. */
function importsOf(module: string): readonly string[] {
  const known = imported.get(module);
  if (known !== undefined) return known;
  const found = [...cachedScript(module).matchAll(/\brequire\("(\.[^"]+\.ts)"\)/g)].map(([, specifier = ""]) =>
    resolve(dirname(module), specifier),
  );
  imported.set(module, found);
  return found;
}

function cachedScript(path: string): string {
  const script = scripts.get(path) ?? scriptOf(readFileSync(path, "utf8"));
  scripts.set(path, script);
  return script;
}

function scriptOf(source: string): string {
  return ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2024 },
  }).outputText;
}
