/** `npm run authorise`: writes into the stack's config which release may run, who authorised it, and when. */
import type { HubConfig } from "../../hub/config/config.ts";
import { dayOf } from "../../hub/guards/exceptions.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { buildRelease } from "../../infra/release/release.ts";
import { progress } from "../cli/progress.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool } from "../cli/run-tool.ts";
import { AUTHORISATION_OPTIONS, runAuthorisation } from "../stack/run-authorisation.ts";

const USAGE = `usage: npm run authorise -- --stack NAME --by OWNER [OPTIONS]

Writes hub:authorisation into the stack's config. It authorises the release that this checkout and
this config give, which is the release that a preview shows. The next \`up\` restarts the handler
on it, once. An authorisation is good for one attempt within 7 days.

  --stack NAME         change the config of this stack: Pulumi.NAME.yaml
  --by OWNER           the person who authorises the release, one of hub:owners
  --on TIME            the day, or a time for another attempt on the same day, in UTC
                       (default: today)
  --release DIGEST     authorise another release: sha256: and 64 hex digits; to go back to an
                       earlier release, see npm run rollback
  --config-file FILE   use this file as the stack's config
  --dry-run            show the change without writing it
  --json               print the change as JSON
  --help               print this help

examples:
  npm run authorise -- --stack prod --by "Henry Hill"
  npm run authorise -- --stack prod --by "Henry Hill" --dry-run
  npm run authorise -- --stack prod --by "Henry Hill" --on 2026-11-22T19:00:00Z
  npm run --silent authorise -- --stack prod --by "Henry Hill" --json`;

const OPTIONS = { ...AUTHORISATION_OPTIONS, release: { type: "string" } } as const;

await runTool(async () => {
  const { help, release, ...options } = readOptions(OPTIONS, "npm run authorise");
  const text = help
    ? USAGE
    : await runAuthorisation(options, {
        example: 'npm run authorise -- --stack prod --by "Henry Hill"',
        choose: async (config) => ({
          release: release ?? (await releaseHere(config)),
          on: dayOf(new Date()),
          effect: "restarts the handler on this release, once",
        }),
      });
  process.stdout.write(`${text}\n`);
  return 0;
});

/** The digest of the release that these sources and this config give. */
async function releaseHere(config: HubConfig): Promise<string> {
  const build = () => buildRelease(buildManifest(config), config);
  const { digest } = await progress.run("bundling the handler", build);
  return digest;
}
