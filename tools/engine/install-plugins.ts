import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/run-tool.ts";
import { findCli } from "./find-cli.ts";
import { missingPlugins, PLUGINS } from "./plugins.ts";

const run = promisify(execFile);

/** The largest output, in bytes: the schema of a whole Terraform provider. */
const SCHEMA_BYTES = 256 * 1024 * 1024;

/**
 * Installs the missing real plugins with the CLI's own command. The language host cannot be installed so: it comes with the CLI's official download.
 *
 * @throws UserError naming the plugin that could not be installed, or the missing language host
 */
export async function installPlugins(): Promise<void> {
  const { path } = await findCli();
  for (const name of await missingPlugins(path, process.env)) {
    const { kind, version, bridged } = PLUGINS[name];
    if (kind === "language" || version === undefined) {
      throw new UserError(
        `pulumi-language-${name} is missing: install the whole of Pulumi from https://www.pulumi.com/docs/install/`,
      );
    }
    await install(path, `${name} ${version}`, ["plugin", "install", "resource", name, version]);
    if (bridged === undefined) continue;
    // Reading its schema makes the bridge download it. On a loopback stack the bridge cannot reach the internet.
    const readSchema = ["package", "get-schema", `${name}@${version}`, bridged.name, bridged.version];
    await install(path, `${bridged.name} ${bridged.version}`, readSchema);
  }
}

async function install(cli: string, what: string, args: readonly string[]): Promise<void> {
  await progress
    .run(`installing the plugin ${what}`, () => run(cli, args, { maxBuffer: SCHEMA_BYTES }))
    .catch((cause: unknown) => {
      throw new UserError(`the plugin ${what} could not be installed: ${cause}`, { cause });
    });
}
