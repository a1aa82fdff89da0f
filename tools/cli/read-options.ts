/** Reads the options of a command that runs as an npm script. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { UserError } from "./run-tool.ts";

/**
 * Reads the options of this process.
 *
 * @param command the command line that prints the help with `-- --help`, for example `npm run call`
 * @param args the arguments to read. Default: all of this process
 * @throws UserError naming the first option that is unknown or lacks its value
 */
export function readOptions<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  options: Options,
  command: string,
  args: readonly string[] = process.argv.slice(2),
) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (cause) {
    const [problem] = cause instanceof Error ? cause.message.split(/\. |\n/) : [];
    throw new UserError(`${problem}; see ${command} -- --help`, { cause });
  }
}
