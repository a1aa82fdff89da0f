/** The engine's plugins, and whether this machine has them. */
import { delimiter, dirname, join } from "node:path";
import { exists } from "../cli/files.ts";
import { pulumiHome } from "../cli/paths.ts";
import { UserError } from "../cli/run-tool.ts";
import { downloadedCli, PULUMI_VERSION } from "./version.ts";

interface Plugin {
  readonly kind: "language" | "resource";
  /** Absent for the language host, whose version is the CLI's. */
  readonly version?: string;
  /** The Terraform provider behind the plugin. The plugin downloads it at its first use. */
  readonly bridged?: { readonly name: string; readonly version: string };
}

/** The plugins that the stack needs, by the names under which the engine attaches them. */
export const PLUGINS: Readonly<Record<PluginName, Plugin>> = {
  nodejs: { kind: "language" },
  cloudflare: { kind: "resource", version: "6.22.1" },
  command: { kind: "resource", version: "1.2.1" },
  "terraform-provider": {
    kind: "resource",
    version: "1.1.3",
    bridged: { name: "registry.opentofu.org/twilio/twilio", version: "0.18.46" },
  },
};

export type PluginName = "nodejs" | "cloudflare" | "command" | "terraform-provider";

/** Every plugin's name. */
export const PLUGIN_NAMES: readonly PluginName[] = ["nodejs", "cloudflare", "command", "terraform-provider"];

/**
 * Returns the plugins that are not installed. The language host is looked for next to the CLI and on PATH, a provider in Pulumi's plugin folder. A
 * bridge without its Terraform provider counts as missing, since on the loopback cloud its download would go to Twilio's stand-in.
 */
export async function missingPlugins(cli: string, environment: NodeJS.ProcessEnv): Promise<PluginName[]> {
  const present = await Promise.all(PLUGIN_NAMES.map((name) => isInstalled(name, cli, environment)));
  return PLUGIN_NAMES.filter((_, index) => !present[index]);
}

/**
 * Describes the engine's plugins: real ones, stand-ins, or stand-ins for some by name. It does not download or build a missing CLI: a CLI that is
 * built from source brings no plugin.
 */
export async function pluginKind(environment: NodeJS.ProcessEnv): Promise<string> {
  return describeKind(await missingPlugins(downloadedCli(environment), environment));
}

/** Describes the engine's plugins if these are missing. */
export function describeKind(missing: readonly PluginName[]): string {
  if (missing.length === 0) return "real plugins";
  return missing.length === PLUGIN_NAMES.length ? "stand-ins" : `stand-ins for ${missing.join(", ")}`;
}

/**
 * Checks that a production stack has a language host, since it never runs on stand-ins. The CLI downloads a missing provider, but no language host.
 *
 * @throws UserError if the language host is missing, with what to install
 */
export function requireLanguageHost(missing: readonly PluginName[], stack: string): void {
  if (!missing.includes("nodejs")) return;
  throw new UserError(
    `pulumi-language-nodejs is not installed, and the stack "${stack}" is not on the loopback cloud, so it cannot use a stand-in. ` +
      `Install the whole of Pulumi ${PULUMI_VERSION} from https://www.pulumi.com/docs/install/versions/`,
  );
}

async function isInstalled(name: PluginName, cli: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { kind, version, bridged } = PLUGINS[name];
  if (kind === "language") {
    const folders = [dirname(cli), ...(environment.PATH ?? "").split(delimiter)];
    return anyExists(folders.map((folder) => join(folder, `pulumi-language-${name}`)));
  }
  const plugin = join(pulumiHome(environment), "plugins", `resource-${name}-v${version}`);
  if (!(await exists(plugin))) return false;
  return bridged === undefined || exists(join(bridgeCache(environment), bridged.name, bridged.version));
}

/** The folder of the providers that the bridge downloaded (pulumi/pulumi-terraform-bridge, `dynamic/`). */
function bridgeCache(environment: NodeJS.ProcessEnv): string {
  return environment.PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR || join(pulumiHome(environment), "dynamic_tf_plugins");
}

async function anyExists(paths: readonly string[]): Promise<boolean> {
  return (await Promise.all(paths.map(exists))).includes(true);
}
