/** `npm run registry`: prints the FUNNEL-REGISTRY table of a stack's hosts, or checks a file against it. */
import { readFile } from "node:fs/promises";
import { parseHosts, parseSenders } from "../../hub/config/parse.ts";
import { funnelRegistry, registryRows } from "../../hub/urls/registry.ts";
import { ROUTES } from "../../hub/urls/routes.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { readStackConfig, stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm run registry -- [--stack NAME] [--json | --check FILE]

Prints the FUNNEL-REGISTRY table of a stack's hosts, and which of its numbers may text, or checks a
file against it.

  --stack NAME   use the hosts of this stack (default: prod)
  --check FILE   print no table; exit with status 1 if FILE differs from it
  --json         print the rows as JSON
  --help         print this help

examples:
  npm run registry
  npm run --silent registry > FUNNEL-REGISTRY.md
  npm run registry -- --check FUNNEL-REGISTRY.md
  npm run --silent registry -- --stack loopback --json`;

const OPTIONS = {
  stack: { type: "string", short: "s", default: "prod" },
  check: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const { stack, check, json, help } = readOptions(OPTIONS, "npm run registry");
  if (help) return print(USAGE);
  if (json && check !== undefined) throw new UserError("--json and --check exclude each other; drop one of them");
  const { source, hub } = await readStackConfig(stackFile(stack));
  const manifest = { hosts: parseHosts(hub, source), routes: ROUTES };
  if (json) return print(JSON.stringify(registryRows(manifest), null, 2));
  const table = funnelRegistry(manifest, parseSenders(hub, source, new Date()));
  if (check === undefined) return print(table.trimEnd());
  await requireSame(check, table, commandToWrite(stack, check));
  return print(`${check} agrees with ${source}`);
});

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** The command that writes the file. Without --silent, npm would print two lines above the table. */
function commandToWrite(stack: string, file: string): string {
  const options = stack === OPTIONS.stack.default ? "" : ` -- --stack ${stack}`;
  return `npm run --silent registry${options} > ${file}`;
}

async function requireSame(file: string, table: string, command: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const problem = cause.code === "ENOENT" ? "no such file" : `cannot be read (${cause.code})`;
    throw new UserError(`${file}: ${problem}; write it with: ${command}`, { cause });
  });
  if (text === table) return;
  const [found, expected] = [text.split("\n"), table.split("\n")];
  const at = expected.findIndex((line, index) => line !== found[index]);
  const line = at === -1 ? expected.length : at;
  throw new UserError(
    `${file} differs from the route table and the stack's config, first in line ${line + 1}:\n` +
      `  expected: ${shown(expected[line])}\n  found:    ${shown(found[line])}\n` +
      `If the route table is right, write the file again with: ${command}`,
  );
}

/** A line in quotes, so that blanks and carriage returns at its end are visible. */
function shown(line: string | undefined): string {
  return line === undefined ? "(the end of the file)" : JSON.stringify(line);
}
