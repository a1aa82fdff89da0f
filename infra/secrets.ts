import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../hub/config.ts";
import { COMPONENT_TYPES } from "../hub/resource-types.ts";
import type { OpReference } from "../hub/values.ts";
import { mistake } from "./mistake.ts";

/**
 * The credentials that a deployment needs, read from 1Password in every run. Each is marked secret, and the command is silent: with the
 * command provider's default logging the value would stand in the preview's output. The handler's own secrets are not read here.
 */
export class Secrets extends pulumi.ComponentResource {
  readonly accountSid: pulumi.Output<string>;
  readonly authToken: pulumi.Output<string>;
  readonly cloudflareApiToken: pulumi.Output<string>;

  constructor(
    name: string,
    config: Pick<HubConfig, "twilio" | "cloudflare">,
    options: pulumi.ComponentResourceOptions & { readonly provider: command.Provider },
  ) {
    super(COMPONENT_TYPES.secrets, name, {}, options);
    const { provider } = options;
    this.accountSid = secret("hub:twilio.accountSid", config.twilio.accountSid, provider);
    this.authToken = secret("hub:twilio.authToken", config.twilio.authToken, provider);
    this.cloudflareApiToken = secret("hub:cloudflare.apiToken", config.cloudflare.apiToken, provider);
    this.registerOutputs({});
  }
}

function secret(key: string, reference: OpReference, provider: command.Provider): pulumi.Output<string> {
  return pulumi.secret(read(key, reference, provider));
}

async function read(key: string, reference: OpReference, provider: command.Provider): Promise<string> {
  // A reference has no character that a shell reads otherwise within quotes.
  const script = `op read --no-newline '${reference}'`;
  const { stdout } = await command.local
    .run({ command: script, logging: "none" }, { provider })
    .catch((cause: Error) => {
      throw mistake(`${key}: ${reference} cannot be read with 1Password's CLI \`op\`: ${cause.message}`);
    });
  if (stdout === "") throw mistake(`${key}: ${reference} is empty in 1Password`);
  return stdout;
}
