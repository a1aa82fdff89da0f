import { Agent } from "node:https";
import type { HubConfig } from "../../hub/config/config.ts";
import { UserError } from "../cli/run-tool.ts";

/**
 * The way to the loopback cloud's Twilio, which stands behind a proxy with a certificate authority of its own; undefined for the real one.
 *
 * @throws UserError where the loopback cloud does not answer
 */
export async function twilioAgent(endpoints: HubConfig["endpoints"]): Promise<Agent | undefined> {
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
