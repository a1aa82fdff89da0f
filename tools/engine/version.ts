import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { pulumiHome } from "../cli/paths.ts";

/** The Pulumi version that package.json pins. No other is accepted. */
export const PULUMI_VERSION = packageJson.devDependencies.pulumi;

/** The path of the CLI that npm's `pulumi` downloaded. The language hosts are in the same folder. */
export function downloadedCli(environment: NodeJS.ProcessEnv): string {
  return join(pulumiHome(environment), "versions", PULUMI_VERSION, "bin", "pulumi");
}
