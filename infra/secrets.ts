import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../hub/config/config.ts";
import { COMPONENT_TYPES } from "../hub/guards/resource-types.ts";
import { readSecretCommand } from "../hub/scripts/read-secret.ts";
import {
  accountSidProblem,
  gateFileKeyProblem,
  tokenProblem,
  type ValueProblem,
} from "../hub/values/credential-form.ts";
import type { OpReference } from "../hub/values/values.ts";
import { mistake } from "./stack/mistake.ts";

/** The credentials that a deployment needs, marked secret. */
export interface Credentials {
  readonly accountSid: pulumi.Output<string>;
  readonly authToken: pulumi.Output<string>;
  /** The key of the gate file's MAC: its own if the config has one, or else the auth token. */
  readonly gateFileKey: pulumi.Output<string>;
  readonly cloudflareApiToken: pulumi.Output<string>;
  /** The credentials for Twilio's Webhooks configuration API: `hub:signing.apiKey`, or the account's. */
  readonly webhooksApi: { readonly username: pulumi.Output<string>; readonly password: pulumi.Output<string> };
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
   * @throws RunError naming the first key whose reference cannot be read, with the message of `op`, or whose value has not the form of its kind
   */
  async read({
    twilio,
    cloudflare,
    signing,
  }: Pick<HubConfig, "twilio" | "cloudflare" | "signing">): Promise<Credentials> {
    const accountSid = await this.#read("hub:twilio.accountSid", twilio.accountSid, accountSidProblem);
    const authToken = await this.#read("hub:twilio.authToken", twilio.authToken, tokenProblem);
    const cloudflareApiToken = await this.#read("hub:cloudflare.apiToken", cloudflare.apiToken, tokenProblem);
    const { gateFileKey: reference } = signing ?? {};
    const gateFileKey =
      reference === undefined ? authToken : await this.#read("hub:signing.gateFileKey", reference, gateFileKeyProblem);
    const webhooksApi = await this.#readApiKey(signing?.apiKey);
    return {
      accountSid,
      authToken,
      cloudflareApiToken,
      gateFileKey,
      webhooksApi: webhooksApi ?? { username: accountSid, password: authToken },
    };
  }

  async #readApiKey(
    apiKey: NonNullable<HubConfig["signing"]>["apiKey"],
  ): Promise<Credentials["webhooksApi"] | undefined> {
    if (apiKey === undefined) return undefined;
    const username = await this.#read("hub:signing.apiKey.sid", apiKey.sid, tokenProblem);
    return { username, password: await this.#read("hub:signing.apiKey.secret", apiKey.secret, tokenProblem) };
  }

  async #read(key: string, reference: OpReference, problemOf: ValueProblem): Promise<pulumi.Output<string>> {
    const script = readSecretCommand(reference);
    // Silent: with the provider's default logging, the preview's output would show the value.
    const reading = command.local.run({ command: script, logging: "none" }, { parent: this, provider: this.#provider });
    const { stdout } = await reading.catch((cause: Error) => {
      throw mistake(`${key}: ${reference} cannot be read with 1Password's CLI \`op\`: ${reason(cause)}`);
    });
    const problem = problemOf(reference, stdout);
    if (problem !== undefined) throw mistake(`${key}: ${problem}`);
    return pulumi.secret(stdout);
  }
}

/** The output of the command, without the line that the engine and the provider put before it. */
function reason({ message }: Error): string {
  const printed = message.split("\n").slice(1).join(" ").trim();
  return printed || message;
}
