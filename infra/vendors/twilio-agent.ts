import { Agent } from "node:https";
import type { HubConfig } from "../../hub/config/config.ts";
import { UserError } from "../../hub/values/user-error.ts";

/**
 * Makes an agent for the loopback cloud's Twilio, which is behind a proxy with its own certificate authority.
 *
 * @returns undefined for the real Twilio
 * @throws UserError if the loopback cloud does not answer
 */
export async function twilioAgent(
  endpoints: Pick<NonNullable<HubConfig["endpoints"]>, "twilioProxy"> | undefined,
): Promise<Agent | undefined> {
  if (endpoints === undefined) return undefined;
  const { twilioProxy } = endpoints;
  const answer = await fetch(`${twilioProxy}/ca.pem`).catch((cause: unknown) => {
    throw new UserError(
      `the loopback cloud does not answer at ${twilioProxy} (hub:endpoints.twilioProxy); start it with: npm run loopback`,
      { cause },
    );
  });
  return new Agent({ ca: await answer.text(), proxyEnv: { HTTPS_PROXY: twilioProxy } });
}
