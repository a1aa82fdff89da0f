/** Modules of the project with the source of one of them replaced, for the mutation test. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { compileFunction } from "node:vm";
import ts from "typescript";

const real = createRequire(import.meta.url);
const scripts = new Map<string, string>();
const imported = new Map<string, readonly string[]>();

type Exported = Record<string, unknown>;

/**
 * Loads a module as if one file had another source. What leads to that file is loaded anew; everything else is the real one, so that a value of
 * another module is the same to both sides.
 *
 * @param file the module's path, absolute
 * @throws whatever the modules throw when they are loaded
 */
export function loadReplaced(file: string, replaced: string, source: string): Exported {
  const loaded = new Map<string, Exported>();
  const load = (path: string): Exported => {
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const exported: Exported = {};
    loaded.set(path, exported);
    const require = (specifier: string): unknown => {
      const target = specifier.startsWith(".") ? resolve(dirname(path), specifier) : undefined;
      if (target === undefined) return real(specifier);
      return leadsTo(target, replaced) ? load(target) : real(target);
    };
    const script = path === replaced ? scriptOf(source) : cachedScript(path);
    compileFunction(script, ["exports", "require"], { filename: path })(exported, require);
    return exported;
  };
  return load(file);
}

/** Whether a module is a file, or imports it by whatever way. */
export function leadsTo(module: string, file: string, seen: Set<string> = new Set()): boolean {
  if (module === file) return true;
  if (seen.has(module)) return false;
  seen.add(module);
  return importsOf(module).some((next) => leadsTo(next, file, seen));
}

/** The project's own modules that a module imports, types aside. */
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
