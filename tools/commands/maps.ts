/** `npm run maps`: writes docs/maps.md, the system maps of a stack, or checks that it is current. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseMapSource } from "../../hub/maps/map-source.ts";
import { mapsPage } from "../../hub/maps/page.ts";
import { PROJECT } from "../cli/paths.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { readStackConfig, stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm run maps -- [--stack NAME] [--check | --print]

  --stack NAME   the stack to draw (default: prod)
  --check        write nothing; exit 1 if docs/maps.md is not current
  --print        print the page instead of writing it
  --help         print this

examples:
  npm run maps
  npm run maps -- --check
  npm run --silent maps -- --stack loopback --print`;

const OPTIONS = {
  stack: { type: "string", short: "s", default: "prod" },
  check: { type: "boolean", default: false },
  print: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const PAGE = "docs/maps.md";

await runTool(async () => {
  const { stack, check, print, help } = readOptions(OPTIONS, "npm run maps");
  if (help) return say(USAGE);
  if (check && print) throw new UserError("--check and --print exclude each other; leave one out");
  const { source, hub } = await readStackConfig(stackFile(stack));
  const page = mapsPage(parseMapSource(hub, source, new Date()), source);
  if (print) return say(page.trimEnd());
  const file = join(PROJECT, PAGE);
  if (check) return checkPage(file, page, source);
  await writeFile(file, page);
  return say(`${PAGE} is drawn from ${source}`);
});

async function checkPage(file: string, page: string, source: string): Promise<number> {
  const found = await readFile(file, "utf8").catch(() => "");
  if (found !== page) throw new UserError(`${PAGE} is not what ${source} gives; write it with: npm run maps`);
  return say(`${PAGE} is current`);
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
