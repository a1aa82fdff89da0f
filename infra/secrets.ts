import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../hub/config/config.ts";
import { COMPONENT_TYPES } from "../hub/guards/resource-types.ts";
import type { OpReference } from "../hub/values/values.ts";
import { mistake } from "./stack/mistake.ts";

/** The credentials that a deployment needs, marked secret. */
export interface Credentials {
  readonly accountSid: pulumi.Output<string>;
  readonly authToken: pulumi.Output<string>;
  readonly cloudflareApiToken: pulumi.Output<string>;
}

/** Reads the deployment's credentials from 1Password in every run. The handler resolves its own secrets itself. */
export class Secrets extends pulumi.ComponentResource {
  readonly #provider: command.Provider;

  constructor(name: string, options: pulumi.ComponentResourceOptions & { readonly provider: command.Provider }) {
    super(COMPONENT_TYPES.secrets, name, {}, options);
    this.#provider = options.provider;
    this.registerOutputs({});
  }

  /**
   * Reads every credential.
   *
   * @throws RunError naming the first key whose reference cannot be read or is empty, with the message of `op`
   */
  async read({ twilio, cloudflare }: Pick<HubConfig, "twilio" | "cloudflare">): Promise<Credentials> {
    const accountSid = await this.#read("hub:twilio.accountSid", twilio.accountSid);
    const authToken = await this.#read("hub:twilio.authToken", twilio.authToken);
    const cloudflareApiToken = await this.#read("hub:cloudflare.apiToken", cloudflare.apiToken);
    return { accountSid, authToken, cloudflareApiToken };
  }

  async #read(key: string, reference: OpReference): Promise<pulumi.Output<string>> {
    // No character of a reference is special to a shell within quotes.
    const script = `op read --no-newline '${reference}'`;
    // Silent: with the provider's default logging, the preview's output would show the value.
    const reading = command.local.run({ command: script, logging: "none" }, { parent: this, provider: this.#provider });
    const { stdout } = await reading.catch((cause: Error) => {
      throw mistake(`${key}: ${reference} cannot be read with 1Password's CLI \`op\`: ${reason(cause)}`);
    });
    if (stdout === "") throw mistake(`${key}: ${reference} is empty in 1Password`);
    return pulumi.secret(stdout);
  }
}

/** The output of the command, without the line that the engine and the provider put before it. */
function reason({ message }: Error): string {
  const printed = message.split("\n").slice(1).join(" ").trim();
  return printed || message;
}
