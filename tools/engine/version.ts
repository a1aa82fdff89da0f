import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { pulumiHome } from "../cli/paths.ts";

/** The version that the lockfile pins; no other is taken. */
export const PULUMI_VERSION = packageJson.devDependencies.pulumi;

/** Where npm's `pulumi` keeps the CLI that it downloaded, and the language hosts beside it. */
export function downloadedCli(environment: NodeJS.ProcessEnv): string {
  return join(pulumiHome(environment), "versions", PULUMI_VERSION, "bin", "pulumi");
}
