/** The variables of the script, see `hub/signing/signing-variables.ts`, and the credentials behind its references. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { PERSON_PATH } from "../../hub/scripts/on-machine.ts";
import { UserError } from "../../hub/values/user-error.ts";
import { LoopbackUrl, OpReference } from "../../hub/values/values.ts";
import { twilioAgent } from "../vendors/twilio-agent.ts";
import type { WebhooksAccess } from "../vendors/webhooks-api.ts";

const Variables = z.object({
  HUB_SIGNING_HOSTS: z.string(),
  HUB_TWILIO_USERNAME: OpReference,
  HUB_TWILIO_PASSWORD: OpReference,
  HUB_TWILIO_PROXY: LoopbackUrl.exactOptional(),
});

/** The time in which `op` must answer, in milliseconds. It may wait for a person. */
const OP_LIMIT_MS = 60_000;

/**
 * Reads the access to Twilio's API. The references are read with `op`, from the person's PATH, and the values stay in memory.
 *
 * @param limitMs the time in which `op` must answer, in milliseconds
 * @throws UserError naming the reference that cannot be read, or not in time
 * @throws Error if a variable is missing
 */
export async function readAccess(environment: NodeJS.ProcessEnv, limitMs = OP_LIMIT_MS): Promise<WebhooksAccess> {
  const { HUB_TWILIO_USERNAME, HUB_TWILIO_PASSWORD, HUB_TWILIO_PROXY } = Variables.parse(environment);
  const [username, password, agent] = await Promise.all([
    readSecret(HUB_TWILIO_USERNAME, environment, limitMs),
    readSecret(HUB_TWILIO_PASSWORD, environment, limitMs),
    twilioAgent(HUB_TWILIO_PROXY === undefined ? undefined : { twilioProxy: HUB_TWILIO_PROXY }),
  ]);
  return { username, password, agent };
}

/** The hub's hosts, as URLs without a path. */
export function hostsIn(environment: NodeJS.ProcessEnv): string[] {
  return Variables.shape.HUB_SIGNING_HOSTS.parse(environment.HUB_SIGNING_HOSTS).split(" ");
}

async function readSecret(reference: OpReference, environment: NodeJS.ProcessEnv, limitMs: number): Promise<string> {
  const env = { ...environment, PATH: environment[PERSON_PATH] ?? environment.PATH };
  const reading = promisify(execFile)("op", ["read", "--no-newline", reference], { env, timeout: limitMs });
  const { stdout } = await reading.catch((cause: Error & { readonly stderr?: string; readonly killed?: boolean }) => {
    const late = cause.killed && `it did not answer in ${limitMs / 1000} s; unlock 1Password, and run this again`;
    const said = late || cause.stderr?.trim().split("\n").at(-1) || cause.message;
    throw new UserError(`hub:signing: ${reference} cannot be read with 1Password's CLI \`op\`: ${said}`, { cause });
  });
  return stdout;
}
