import { homedir } from "node:os";
import { join } from "node:path";

/** The project's top folder. */
export const PROJECT = join(import.meta.dirname, "../..");

/** The folder for files that all clones of this user share, such as a CLI that was built (XDG Base Directory Specification). */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "twilio-hub");
}

/** The folder in which the Pulumi CLI keeps its plugins, credentials and downloads. */
export function pulumiHome(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.PULUMI_HOME || join(homedir(), ".pulumi");
}
