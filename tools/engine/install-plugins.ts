import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/run-tool.ts";
import { findCli } from "./find-cli.ts";
import { missingPlugins, PLUGINS } from "./plugins.ts";

const run = promisify(execFile);

/** Room for the schema of a whole Terraform provider. */
const SCHEMA_BYTES = 256 * 1024 * 1024;

/**
 * Installs the real plugins that this machine lacks, with the CLI's own command. The language host comes with the CLI's official download.
 *
 * @throws UserError naming the plugin that could not be installed
 */
export async function installPlugins(): Promise<void> {
  const { path } = await findCli();
  for (const name of await missingPlugins(path, process.env)) {
    const { kind, version, bridged } = PLUGINS[name];
    if (kind === "language" || version === undefined) {
      throw new UserError(
        `pulumi-language-${name} is missing: install Pulumi whole from https://www.pulumi.com/docs/install/`,
      );
    }
    await install(path, `${name} ${version}`, ["plugin", "install", "resource", name, version]);
    if (bridged === undefined) continue;
    // Asking for its schema has the bridge download it, before a loopback stack takes its way to the internet away.
    const asking = ["package", "get-schema", `${name}@${version}`, bridged.name, bridged.version];
    await install(path, `${bridged.name} ${bridged.version}`, asking);
  }
}

async function install(cli: string, what: string, args: readonly string[]): Promise<void> {
  await progress
    .run(`installing the plugin ${what}`, () => run(cli, args, { maxBuffer: SCHEMA_BYTES }))
    .catch((cause: unknown) => {
      throw new UserError(`the plugin ${what} could not be installed: ${cause}`, { cause });
    });
}
