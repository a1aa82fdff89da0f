/** A stack's config, its manifest, and the account at Twilio that it leads to. */
import type { Variables } from "../../handlers/start/op.ts";
import { openVault } from "../../handlers/start/vault.ts";
import type { HubConfig } from "../../hub/config/config.ts";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest, type Manifest } from "../../hub/manifest.ts";
import { signingCredentials } from "../../hub/signing/signing-variables.ts";
import type { OpReference } from "../../hub/values/values.ts";
import { twilioAgent } from "../../infra/vendors/twilio-agent.ts";
import { type WebhooksApi, webhooksApi } from "../../infra/vendors/webhooks-api.ts";
import { UserError } from "../cli/run-tool.ts";
import { type ConfigEdit, editedStackConfig, readStackText, writeStackText } from "../stack/edit-stack-config.ts";
import { shownDiff } from "../stack/line-diff.ts";
import { hubKeys, readStackConfig } from "../stack/stack-config.ts";

/** A stack's hub, as its config file says. */
export interface Hub {
  /** The stack's name, for the commands that are shown. */
  readonly stack: string;
  /** The path of the config file. */
  readonly file: string;
  /** The file's name, for messages. */
  readonly source: string;
  readonly config: HubConfig;
  readonly manifest: Manifest;
}

/**
 * Reads a stack's config.
 *
 * @throws UserError if the file is missing
 * @throws ConfigError naming every key that is wrong
 */
export async function readHub(stack: string, file: string): Promise<Hub> {
  const { source, hub } = await readStackConfig(file);
  const config = parseConfig(hub, source);
  return { stack, file, source, config, manifest: buildManifest(config) };
}

/**
 * Opens Twilio's Webhooks configuration API with the credentials of the config. They are read with `op`, and stay in memory.
 *
 * @param variables the environment of `op`. Default: this process's
 * @throws UserError naming the reference that cannot be read
 */
export async function openAccount(
  { config }: Pick<Hub, "config">,
  variables: Variables = process.env,
): Promise<WebhooksApi> {
  const { username, password } = signingCredentials(config);
  const vault = openVault(variables);
  const read = (reference: OpReference) =>
    vault(reference).catch((cause: Error) => {
      throw new UserError(cause.message.replace(/\s+/g, " "), { cause });
    });
  const values = await Promise.all([read(username), read(password)]);
  return webhooksApi({ username: values[0], password: values[1], agent: await twilioAgent(config.endpoints) });
}

/** A change of the config file. */
export interface ConfigChange {
  /** The change as a diff. */
  readonly diff: string;
  /** Writes it. */
  write(): Promise<void>;
}

/**
 * Works out a change of the config file as it is now.
 *
 * @throws ConfigError if the config would be wrong after it
 */
export async function changeConfig(
  { file, source }: Pick<Hub, "file" | "source">,
  edits: readonly ConfigEdit[],
): Promise<ConfigChange> {
  const before = await readStackText(file);
  const after = editedStackConfig(before, source, edits);
  buildManifest(parseConfig(hubKeys(after, source), source));
  return { diff: shownDiff(source, before, after), write: () => writeStackText(file, after) };
}
