import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { progress } from "../progress.ts";
import { UserError } from "../user-error.ts";
import { findCli } from "./find-cli.ts";
import { missingPlugins, PLUGINS } from "./plugins.ts";

const run = promisify(execFile);

/**
 * Installs the real plugins that this machine lacks, with the CLI's own command. The language host comes with the CLI's official download.
 *
 * @throws UserError naming the plugin that could not be installed
 */
export async function installPlugins(): Promise<void> {
  const { path } = await findCli();
  for (const name of await missingPlugins(path, process.env)) {
    const { kind, version } = PLUGINS[name];
    if (kind === "language") {
      throw new UserError(
        `pulumi-language-${name} is missing: install Pulumi whole from https://www.pulumi.com/docs/install/`,
      );
    }
    await progress
      .run(`installing the plugin ${name} ${version}`, () =>
        run(path, ["plugin", "install", "resource", name, version]),
      )
      .catch((cause: unknown) => {
        throw new UserError(`the plugin ${name} ${version} could not be installed: ${cause}`, { cause });
      });
  }
}
