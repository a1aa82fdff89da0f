/**
 * Finds the packages that a program needs, as the real Node language host does: every package.json below a `node_modules` with a
 * `pulumi` section for a resource plugin. It follows links, and leaves out policy packs.
 * Source: https://github.com/pulumi/pulumi/blob/v3.256.0/sdk/nodejs/cmd/pulumi-language-nodejs/main.go (`getPackagesFromDir`)
 */
import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";

const POLICY_PACK_FILES = ["PulumiPolicy.json", "PulumiPolicy.yaml", "PulumiPolicy.yml"];

const text = z.string().default("");
const Parameterization = z.object({ name: text, version: text, value: text });

const PackageJson = z.object({
  name: text,
  version: text,
  pulumi: z
    .object({
      resource: z.boolean().default(false),
      name: text,
      version: text,
      server: text,
      parameterization: Parameterization.nullish(),
    })
    .nullish(),
});

/** A package that a program needs, and its plugin. */
export interface RequiredPackage {
  readonly name: string;
  /** The plugin's version, with a leading `v`. */
  readonly version: string;
  readonly server: string;
  /** Present only for a bridged package. */
  readonly parameterization: z.infer<typeof Parameterization> | undefined;
}

/** Finds the packages below a program's directory, in the real host's order. Like the real host, it skips unreadable files and folders. */
export function requiredPackages(programDirectory: string): RequiredPackage[] {
  return packagesIn(resolve(programDirectory), false, new Set());
}

function packagesIn(folder: string, inNodeModules: boolean, visited: Set<string>): RequiredPackage[] {
  if (visited.has(folder)) return [];
  visited.add(folder);
  return entriesOf(folder).flatMap((entry) => {
    const found = followed(folder, entry);
    if (found === undefined) return [];
    if (found.isFolder) {
      if (isPolicyPack(found.path)) return [];
      return packagesIn(found.path, inNodeModules || basename(folder) === "node_modules", visited);
    }
    return inNodeModules && entry.name === "package.json" ? packageIn(found.path) : [];
  });
}

/** The folder's entries, sorted by the bytes of their names, as in Go. Empty if the folder cannot be read. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
    );
  } catch {
    return [];
  }
}

function followed(folder: string, entry: Dirent): { path: string; isFolder: boolean } | undefined {
  const path = join(folder, entry.name);
  if (!entry.isSymbolicLink()) return { path, isFolder: entry.isDirectory() };
  try {
    return { path: realpathSync(path), isFolder: statSync(path).isDirectory() };
  } catch {
    return undefined;
  }
}

function isPolicyPack(folder: string): boolean {
  return POLICY_PACK_FILES.some(
    (file) => existsSync(join(folder, file)) && !statSync(join(folder, file)).isDirectory(),
  );
}

function packageIn(file: string): RequiredPackage[] {
  const parsed = PackageJson.safeParse(jsonOf(file));
  if (!parsed.success || parsed.data.pulumi?.resource !== true) return [];
  const { name: packageName, version: packageVersion, pulumi } = parsed.data;
  const name = pulumi.name || pluginNameOf(packageName);
  const version = pulumi.version || packageVersion;
  if (name === undefined || version === "") return [];
  return [
    {
      name,
      version: version.startsWith("v") ? version : `v${version}`,
      server: pulumi.server,
      parameterization: pulumi.parameterization ?? undefined,
    },
  ];
}

/** The plugin's name, derived from the package's name. A package outside the `@pulumi` scope must have it in its section. */
function pluginNameOf(packageName: string): string | undefined {
  return packageName.startsWith("@pulumi/") ? packageName.slice("@pulumi/".length) : undefined;
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
