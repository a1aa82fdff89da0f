/** `npm run authorise`: writes into the stack's config which release may run, who says so, and since when. */

import { dayOf } from "../../hub/guards/exceptions.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { buildRelease } from "../../infra/release/release.ts";
import { progress } from "../cli/progress.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import {
  authorisationJson,
  changeAuthorisation,
  describeAuthorisation,
  readAuthorisedStack,
  writeAuthorisation,
} from "../stack/authorisation-file.ts";
import { requireStack, stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm run authorise -- --stack NAME --by OWNER [OPTIONS]

Writes hub:authorisation into the stack's config: the release that these sources and this config give, which is the one that a preview
shows. The next \`up\` restarts the handler on it, once. One authorisation is one attempt, within 7 days.

  --stack NAME         whose config to change: Pulumi.NAME.yaml
  --by OWNER           who says so, one of hub:owners
  --on TIME            the day, or the moment where it is a new attempt of the same day, in UTC (default: today)
  --release DIGEST     another release, sha256: and 64 hex digits; to go back to an earlier one see npm run rollback
  --config-file FILE   another file with the stack's config
  --dry-run            show what would be written, and write nothing
  --json               print it for machines
  --help               print this

examples:
  npm run authorise -- --stack prod --by "Henry Hill"
  npm run authorise -- --stack prod --by "Henry Hill" --dry-run
  npm run authorise -- --stack prod --by "Henry Hill" --on 2026-11-22T19:00:00Z
  npm run --silent authorise -- --stack prod --by "Henry Hill" --json`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  by: { type: "string" },
  on: { type: "string" },
  release: { type: "string" },
  "config-file": { type: "string" },
  "dry-run": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const { help, stack, by, ...options } = readOptions(OPTIONS, "npm run authorise");
  if (help) return print(USAGE);
  const name = requireStack(stack, 'npm run authorise -- --stack prod --by "Henry Hill"');
  if (by === undefined) throw new UserError("nobody named; add --by OWNER, or see npm run authorise -- --help");
  const authorised = await readAuthorisedStack(options["config-file"] ?? stackFile(name));
  const { config } = authorised;
  const build = () => progress.run("bundling the handler", () => buildRelease(buildManifest(config), config));
  const release = options.release ?? (await build()).digest;
  const change = await changeAuthorisation(authorised, { release, by, on: options.on ?? dayOf(new Date()) });
  const isDryRun = options["dry-run"];
  if (!isDryRun) await writeAuthorisation(change);
  if (options.json) return print(authorisationJson(change, isDryRun));
  return print(`${describeAuthorisation(change)}\n${closingLine(change, name, isDryRun)}`);
});

function closingLine(
  { source, before, after }: Awaited<ReturnType<typeof changeAuthorisation>>,
  stack: string,
  isDryRun: boolean,
): string {
  if (after === before) return `${source} says so already; nothing was written`;
  if (isDryRun) return "nothing was written; run it without --dry-run";
  return `${source} is written; the next npm run up -- --stack ${stack} restarts the handler on this release, once`;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
