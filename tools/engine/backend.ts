import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { PROJECT, pulumiHome } from "../cli/paths.ts";
import { UserError } from "../cli/run-tool.ts";

const Project = z.object({ backend: z.object({ url: z.string() }).optional() });
const Credentials = z.object({ current: z.string().optional() });

/**
 * Checks that the stack's state has a backend, before anything slow begins.
 *
 * @throws UserError if no backend is set, or if CI would keep a production stack's state in a folder that is deleted with the job
 */
export async function requireBackend(isLoopback: boolean, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  const backend = await backendUrl(environment);
  if (backend === undefined || backend === "") {
    throw new UserError(
      "no backend for the stack's state: set PULUMI_BACKEND_URL, for example to s3://BUCKET or https://api.pulumi.com",
    );
  }
  if (isSet(environment.CI) && backend.startsWith("file://") && !isLoopback) {
    throw new UserError(
      `PULUMI_BACKEND_URL is ${backend}: in CI this folder is deleted with the job, and the stack's state with it; set a shared backend`,
    );
  }
}

/** Looks in the CLI's order: the environment, the project's file, the last login. */
async function backendUrl(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (environment.PULUMI_BACKEND_URL) return environment.PULUMI_BACKEND_URL;
  const project = await readAs(Project, join(PROJECT, "Pulumi.yaml"));
  if (project?.backend !== undefined) return project.backend.url;
  if (environment.PULUMI_ACCESS_TOKEN) return "https://api.pulumi.com";
  return (await readAs(Credentials, join(pulumiHome(environment), "credentials.json")))?.current;
}

/**
 * Reads a YAML or JSON file; undefined if it does not exist.
 *
 * @throws UserError if its content is not what the CLI writes
 */
async function readAs<Schema extends z.ZodType>(schema: Schema, file: string): Promise<z.output<Schema> | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.parse(parse(text));
  } catch (cause) {
    throw new UserError(`${file} cannot be read: it is not what the Pulumi CLI writes there; fix or remove it`, {
      cause,
    });
  }
}

/** CI systems set CI to a true value; a person may set it to a false one. */
function isSet(variable: string | undefined): boolean {
  return variable !== undefined && !["", "0", "false"].includes(variable.toLowerCase());
}
