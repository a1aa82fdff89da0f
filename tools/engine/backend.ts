import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { PROJECT, pulumiHome } from "../paths.ts";
import { UserError } from "../user-error.ts";

const Project = z.object({ backend: z.object({ url: z.string() }).optional() });
const Credentials = z.object({ current: z.string() });

/**
 * Makes sure that the run knows where the stack's state lives, before anything slow begins.
 *
 * @throws UserError where no backend is set, or where CI would keep a production stack's state in a folder that ends with the job
 */
export async function requireBackend(isLoopback: boolean, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const backend = await backendUrl(environment);
  if (backend === undefined || backend === "") {
    throw new UserError(
      "no backend for the stack's state: set PULUMI_BACKEND_URL, for example to s3://BUCKET or https://api.pulumi.com",
    );
  }
  if (environment.CI && backend.startsWith("file://") && !isLoopback) {
    throw new UserError(
      `PULUMI_BACKEND_URL is ${backend}: in CI a folder ends with the job, and the stack's state with it; set a shared backend`,
    );
  }
}

/** In the order in which the CLI looks: the environment, the project's file, the last login. */
async function backendUrl(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (environment.PULUMI_BACKEND_URL) return environment.PULUMI_BACKEND_URL;
  const project = Project.parse(parse(await readFile(join(PROJECT, "Pulumi.yaml"), "utf8")));
  if (project.backend !== undefined) return project.backend.url;
  if (environment.PULUMI_ACCESS_TOKEN) return "https://api.pulumi.com";
  const login = await readFile(join(pulumiHome(environment), "credentials.json"), "utf8").catch(() => "{}");
  return Credentials.safeParse(JSON.parse(login)).data?.current;
}
