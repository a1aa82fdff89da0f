/** Which of the engine's plugins this machine has. */
import { access } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { pulumiHome } from "../paths.ts";

/** The plugins that the stack needs, by the names under which the engine attaches them. */
export const PLUGINS = {
  nodejs: { kind: "language", version: undefined },
  cloudflare: { kind: "resource", version: "6.22.1" },
  command: { kind: "resource", version: "1.2.1" },
  "terraform-provider": { kind: "resource", version: "1.1.3" },
} as const;

export type PluginName = keyof typeof PLUGINS;

/** Every plugin's name. */
export const PLUGIN_NAMES: readonly PluginName[] = ["nodejs", "cloudflare", "command", "terraform-provider"];

/** The plugins that are not installed: a language host beside the CLI or on PATH, a provider in Pulumi's plugin folder. */
export async function missingPlugins(cli: string, environment: NodeJS.ProcessEnv): Promise<PluginName[]> {
  const present = await Promise.all(PLUGIN_NAMES.map((name) => isInstalled(name, cli, environment)));
  return PLUGIN_NAMES.filter((_, index) => !present[index]);
}

async function isInstalled(name: PluginName, cli: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { kind, version } = PLUGINS[name];
  if (kind === "resource") return exists(join(pulumiHome(environment), "plugins", `resource-${name}-v${version}`));
  const folders = [dirname(cli), ...(environment.PATH ?? "").split(delimiter)];
  const found = await Promise.all(folders.map((folder) => exists(join(folder, `pulumi-language-${name}`))));
  return found.includes(true);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
