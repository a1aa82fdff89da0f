/** Attaches the loopback cloud and the stand-ins for missing plugins to the engine. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { HubConfig } from "../../hub/config/config.ts";
import { PROJECT } from "../cli/paths.ts";
import { personPath } from "../cli/person-path.ts";
import { UserError } from "../cli/run-tool.ts";
import type { PluginName } from "./plugins.ts";

const ENGINE_STAND_INS = join(PROJECT, "loopback", "engine");
const Ports = z.record(z.string(), z.number());

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
  const authority = await fetchCertificate(endpoints.twilioProxy);
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-"));
  const certificate = join(folder, "ca.pem");
  await writeFile(certificate, authority);
  const variables = loopbackVariables(endpoints, missing, certificate);
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  if (missing.length === 0) return { environment: variables, close: removeFolder };
  const way = { HTTP_PROXY: endpoints.twilioProxy, NODE_EXTRA_CA_CERTS: certificate };
  const standIns = spawn(process.execPath, [join(ENGINE_STAND_INS, "main.ts"), ...missing], {
    cwd: PROJECT,
    env: { ...process.env, ...personPath(), ...way },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const close = async () => {
    standIns.stdin.end();
    await removeFolder();
  };
  try {
    const ports = Ports.parse(JSON.parse(await firstLine(standIns.stdout)));
    return { environment: { ...debugVariables(ports), ...variables }, close };
  } catch (error) {
    await close();
    throw error;
  }
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

function debugVariables({ nodejs, ...providers }: z.infer<typeof Ports>): Record<string, string> {
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

async function fetchCertificate(proxy: string): Promise<string> {
  const unanswered = (cause: unknown) =>
    new UserError(
      `the loopback cloud does not answer at ${proxy} (hub:endpoints.twilioProxy); start it with: npm run loopback`,
      { cause },
    );
  const response = await fetch(`${proxy}/ca.pem`).catch((cause: unknown) => {
    throw unanswered(cause);
  });
  if (!response.ok) throw unanswered(response.status);
  return response.text();
}

function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stream });
    lines.once("line", resolve);
    lines.once("close", () => reject(new Error("loopback/engine/main.ts ended before it listened")));
  });
}
