/** Attaches the loopback cloud and the stand-ins for missing plugins to the engine. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { HubConfig } from "../../hub/config/config.ts";
import { UserError } from "../cli/run-tool.ts";
import type { PluginName } from "./plugins.ts";
import { sharedProviders } from "./shared-providers.ts";
import { ENGINE_STAND_INS, type StandInPorts, startStandIns } from "./stand-in-process.ts";

/** The engine's connection to the loopback cloud. */
export interface Attachment {
  /** Variables for the engine's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the stand-ins and removes their files. */
  close(): Promise<void>;
}

/**
 * Starts the stand-ins for the missing plugins, and prepares the engine's environment for a stack on the loopback cloud: its proxy, its certificate
 * authority and the stand-ins' ports.
 *
 * @throws UserError if the loopback cloud does not answer
 * @throws Error if the stand-ins end before they listen
 */
export async function attachLoopback(
  endpoints: NonNullable<HubConfig["endpoints"]>,
  missing: readonly PluginName[],
): Promise<Attachment> {
  const shared = sharedProviders(process.env);
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    const certificate = await fetchCertificate(endpoints.twilioProxy, folder);
    const own = missing.filter((name) => shared[name] === undefined);
    const standIns = await startStandIns(own, { proxy: endpoints.twilioProxy, certificate });
    const close = async () => {
      standIns.close();
      await removeFolder();
    };
    const ports = { ...pick(shared, missing), ...standIns.ports };
    return { environment: { ...debugVariables(ports), ...loopbackVariables(endpoints, missing, certificate) }, close };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/** The ports of these plugins alone. */
function pick(ports: StandInPorts, names: readonly PluginName[]): StandInPorts {
  return Object.fromEntries(Object.entries(ports).filter(([name]) => names.some((wanted) => wanted === name)));
}

function loopbackVariables(
  { twilioProxy }: NonNullable<HubConfig["endpoints"]>,
  missing: readonly PluginName[],
  certificate: string,
): Record<string, string> {
  return {
    // The real Twilio provider has no option for another base URL, but it honours these two.
    ...(!missing.includes("terraform-provider") && { HTTPS_PROXY: twilioProxy, SSL_CERT_FILE: certificate }),
    ...(missing.includes("nodejs") && policyRunner()),
    // The engine looks for every plugin that the state names, attached or not, and would download each missing one from Pulumi's site.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

function debugVariables({ nodejs, ...providers }: StandInPorts): Record<string, string> {
  const list = Object.entries(providers).map(([name, port]) => `${name}:${port}`);
  return {
    ...(nodejs !== undefined && { PULUMI_DEBUG_LANGUAGES: `nodejs:${nodejs}` }),
    ...(list.length > 0 && { PULUMI_DEBUG_PROVIDERS: list.join(",") }),
  };
}

/** The variables that run the policy pack: without a language plugin on disk the engine looks for its runner on PATH. */
function policyRunner(): Record<string, string> {
  const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  return {
    PULUMI_POLICY_RUNNER: runner,
    PATH: [join(ENGINE_STAND_INS, "bin"), process.env.PATH ?? ""].join(delimiter),
  };
}

/**
 * Writes the loopback cloud's certificate authority to a folder, and returns the file.
 *
 * @throws UserError if the loopback cloud does not answer
 */
async function fetchCertificate(proxy: string, folder: string): Promise<string> {
  const unanswered = (cause: unknown) =>
    new UserError(
      `the loopback cloud does not answer at ${proxy} (hub:endpoints.twilioProxy); start it with: npm run loopback`,
      { cause },
    );
  const response = await fetch(`${proxy}/ca.pem`).catch((cause: unknown) => {
    throw unanswered(cause);
  });
  if (!response.ok) throw unanswered(response.status);
  const file = join(folder, "ca.pem");
  await writeFile(file, await response.text());
  return file;
}
