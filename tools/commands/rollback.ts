/** `npm run rollback`: authorises an earlier release that is still on the handler's machine. */
import type { HubConfig } from "../../hub/config/config.ts";
import { hexDigits } from "../../hub/values/canonical-json.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { currentRelease, findRelease, momentOf, releasesFolder } from "../stack/local-releases.ts";
import { AUTHORISATION_OPTIONS, runAuthorisation } from "../stack/run-authorisation.ts";

const USAGE = `usage: npm run rollback -- --stack NAME --to DIGEST --by OWNER [OPTIONS]

Writes hub:authorisation for an earlier release into the stack's config. The next \`up\` runs that
release. A rollback changes only the handler: the tunnel's routes and the numbers' URLs stay as this
checkout declares them. If they have changed since that release, go back to its commit as well.

  --stack NAME         change the config of this stack: Pulumi.NAME.yaml
  --to DIGEST          the release's 64 hex digits; on the machine that runs the handler, the first
                       8 or more are enough if no other release begins with them
  --by OWNER           the person who authorises the release, one of hub:owners
  --on TIME            the day or the time, in UTC (default: now)
  --config-file FILE   use this file as the stack's config
  --dry-run            show the change without writing it
  --json               print the change as JSON
  --help               print this help

examples:
  npm run rollback -- --stack prod --to 7d0c3f2a --by "Henry Hill"
  npm run rollback -- --stack prod --to 7d0c3f2a --by "Henry Hill" --dry-run`;

const OPTIONS = { ...AUTHORISATION_OPTIONS, to: { type: "string" } } as const;

await runTool(async () => {
  const { help, to, ...options } = readOptions(OPTIONS, "npm run rollback");
  if (help) return print(USAGE);
  const text = await runAuthorisation(options, {
    example: 'npm run rollback -- --stack prod --to 7d0c3f2a --by "Henry Hill"',
    choose: async (config) => ({
      ...(await findTarget(config, digitsOf(to))),
      on: momentOf(new Date()),
      effect: "runs this release; routes and numbers stay as this checkout declares them",
    }),
  });
  return print(text);
});

/** The release with these digits, and a line about where it is. */
async function findTarget({ transport, handler }: HubConfig, digits: string) {
  if (transport.kind === "ssh") {
    const message =
      "needs all 64 digits: the releases are on another machine (hub:transport), where a prefix cannot be looked up";
    if (digits.length < 64) throw new UserError(`--to ${digits}: ${message}`);
    const note = `before it changes anything, up checks on ${transport.host} that the release is there and complete`;
    return { release: `sha256:${digits}`, note };
  }
  const folder = releasesFolder(handler.releases);
  const digest = await findRelease(folder, digits);
  const current = await currentRelease(folder);
  if (current === digest) throw new UserError(`--to ${digits}: this release is already running`);
  return {
    release: `sha256:${digest}`,
    note: `it is in ${folder} and complete; the running release is ${current ?? "none"}`,
  };
}

function digitsOf(to: string | undefined): string {
  if (to === undefined) throw new UserError("--to is missing: name the release, for example --to 7d0c3f2a");
  const digits = hexDigits(to);
  if (/^[0-9a-f]{8,64}$/.test(digits)) return digits;
  throw new UserError(`--to: expected at least 8 of a release's 64 lower-case hex digits; found "${to}"`);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
