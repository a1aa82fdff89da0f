/** `npm run rollback`: authorises an earlier release that is still on the handler's machine. */
import type { HubConfig } from "../../hub/config/config.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import {
  authorisationJson,
  changeAuthorisation,
  describeAuthorisation,
  readAuthorisedStack,
  writeAuthorisation,
} from "../stack/authorisation-file.ts";
import { currentRelease, findRelease, momentOf, releasesFolder } from "../stack/local-releases.ts";
import { requireStack, stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm run rollback -- --stack NAME --to DIGEST --by OWNER [OPTIONS]

Writes hub:authorisation into the stack's config for an earlier release. The next \`up\` runs it. It moves the handler alone: the tunnel's
routes and the numbers' URLs stay as this checkout declares them. Where they changed since that release, go back to its commit as well.

  --stack NAME         whose config to change: Pulumi.NAME.yaml
  --to DIGEST          the release: its hex digits; on the machine that runs the handler the first 8 do where only one release has them
  --by OWNER           who says so, one of hub:owners
  --on TIME            the day or the moment, in UTC (default: this moment)
  --config-file FILE   another file with the stack's config
  --dry-run            show what would be written, and write nothing
  --json               print it for machines
  --help               print this

examples:
  npm run rollback -- --stack prod --to 7d0c3f2a --by "Henry Hill"
  npm run rollback -- --stack prod --to 7d0c3f2a --by "Henry Hill" --dry-run`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  to: { type: "string" },
  by: { type: "string" },
  on: { type: "string" },
  "config-file": { type: "string" },
  "dry-run": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const { help, stack, to, by, ...options } = readOptions(OPTIONS, "npm run rollback");
  if (help) return print(USAGE);
  const name = requireStack(stack, 'npm run rollback -- --stack prod --to 7d0c3f2a --by "Henry Hill"');
  if (to === undefined) throw new UserError("no release named; add --to DIGEST, or see npm run rollback -- --help");
  if (by === undefined) throw new UserError("nobody named; add --by OWNER, or see npm run rollback -- --help");
  const authorised = await readAuthorisedStack(options["config-file"] ?? stackFile(name));
  const { digest, note } = await targetOf(authorised.config, digitsOf(to));
  const authorisation = { release: `sha256:${digest}`, by, on: options.on ?? momentOf(new Date()) };
  const change = await changeAuthorisation(authorised, authorisation);
  const isDryRun = options["dry-run"];
  if (!isDryRun) await writeAuthorisation(change);
  if (options.json) return print(authorisationJson(change, isDryRun));
  const { source, before, after } = change;
  const next = `the next npm run up -- --stack ${name} runs this release; routes and numbers stay as this checkout declares them`;
  const written = isDryRun ? "nothing was written; run it without --dry-run" : `${source} is written; ${next}`;
  const closing = after === before ? `${source} says so already; nothing was written` : written;
  return print(`${describeAuthorisation(change)}\n${note}\n${closing}`);
});

/** The release's 64 hex digits, and what is known about it here. */
async function targetOf({ transport, handler }: HubConfig, digits: string) {
  if (transport.kind === "ssh") {
    const message =
      "needs all 64 digits: the releases are on another machine (hub:transport), and a prefix cannot be looked up";
    if (digits.length < 64) throw new UserError(`--to ${digits}: ${message}`);
    return {
      digest: digits,
      note: `up looks on ${transport.host} whether it is there and whole, before anything moves`,
    };
  }
  const folder = releasesFolder(handler.releases);
  const digest = await findRelease(folder, digits);
  const current = await currentRelease(folder);
  if (current === digest) throw new UserError(`--to ${digits}: it is the release that runs`);
  return { digest, note: `it is in ${folder} and whole; ${current ?? "nothing"} runs now` };
}

function digitsOf(to: string): string {
  const digits = to.replace(/^sha256:/, "");
  if (/^[0-9a-f]{8,64}$/.test(digits)) return digits;
  throw new UserError(`--to: expected at least 8 of a release's 64 lower-case hex digits; found "${to}"`);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
