import * as cloudflare from "@pulumi/cloudflare";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as twilio from "@pulumi/twilio";
import type { SenderGates } from "../hub/gate/gates-on.ts";
import { COMPONENT_TYPES } from "../hub/guards/resource-types.ts";
import { manifestDigest } from "../hub/manifest.ts";
import type { GateFileState } from "../hub/scripts/write-gate-file.ts";
import { type RegisteredUrls, registeredUrls } from "../hub/urls/urls.ts";
import { requireAcceptedSignatures } from "./machine/authorised-signing.ts";
import { Deployment } from "./machine/deployment.ts";
import { finishSigningRules } from "./machine/signing-rules.ts";
import { buildRelease, type Release } from "./release/release.ts";
import { type Credentials, Secrets } from "./secrets.ts";
import { requireDeclaredSigning } from "./signing/live-signing.ts";
import { rethrow } from "./stack/mistake.ts";
import { type SharedGate, sharedGate } from "./stack/shared-gate.ts";
import type { Stack } from "./stack/stack-config.ts";
import { CLOUDFLARE_URL } from "./vendors/cloudflare-api.ts";
import { requireDeclaredIngress } from "./vendors/live-ingress.ts";
import { Numbers } from "./vendors/numbers.ts";
import { Tunnel } from "./vendors/tunnel.ts";
import { tunnelApi } from "./vendors/tunnel-api.ts";
import { twilioAgent } from "./vendors/twilio-agent.ts";
import { type WebhooksApi, webhooksApi } from "./vendors/webhooks-api.ts";

/**
 * The voice and text hub: the tunnel's routes, the numbers' webhooks, the secrets of a deployment and the handler's release, all from one
 * manifest.
 */
export class TwilioHub extends pulumi.ComponentResource {
  /** The URLs registered at Twilio, by number in E.164. */
  readonly registeredUrls: Readonly<Record<string, RegisteredUrls>>;
  readonly manifestDigest: string;
  readonly releaseDigest: string;
  /** The 10DLC gate, which other programs share. */
  readonly gate: SharedGate;
  /** The gates of the numbers, by number in E.164. */
  readonly gates: SenderGates;
  /** The action that a person must take, or `nothing`. */
  readonly waitingFor: pulumi.Output<string>;
  /** The state of the gate file. */
  readonly gateFile: pulumi.Output<GateFileState>;
  readonly #deployment = Promise.withResolvers<Deployment>();

  private constructor(
    name: string,
    { config, manifest, gates, now }: Stack,
    release: Release,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super(COMPONENT_TYPES.hub, name, {}, options);
    const byNumber = manifest.numbers.map(({ number }) => [number, registeredUrls(manifest, number)]);
    this.registeredUrls = Object.fromEntries(byNumber);
    this.manifestDigest = manifestDigest(manifest);
    this.releaseDigest = release.digest;
    this.gate = sharedGate(config, now);
    this.gates = gates;
    this.gateFile = pulumi.output(this.#deployment.promise.then(({ gateFile }) => gateFile));
    this.waitingFor = pulumi.output(this.#deployment.promise.then(({ waitingFor }) => waitingFor));
    // Here, and not after the children: the engine reads the outputs of a component when its constructor has run.
    this.registerOutputs({
      registeredUrls: this.registeredUrls,
      manifestDigest: this.manifestDigest,
      releaseDigest: this.releaseDigest,
      gate: this.gate,
      gates: this.gates,
    });
  }

  /**
   * Creates the hub. Everything that can be checked is checked before the first resource that changes anything is registered: the handler must
   * bundle, every credential must be readable, the live ingress must hold no rule that this one would remove, no undeclared Rule at Twilio may
   * change how the webhooks arrive, and an authorised release must accept them as Twilio signs them now.
   *
   * @throws RunError if a credential, the database's certificates or the live ingress cannot be read, if the ingress holds an undeclared rule, if
   * one at Twilio changes the webhooks, or if the authorised release would refuse them
   * @throws Error of esbuild if the handler does not bundle
   */
  static async create(name: string, stack: Stack): Promise<TwilioHub> {
    const { config, manifest, gates } = stack;
    const release = await buildRelease(manifest, config).catch(rethrow);
    const hub = new TwilioHub(name, stack, release);
    const child = { parent: hub };
    const commandProvider = new command.Provider("command", {}, child);
    const secrets = new Secrets("secrets", { ...child, provider: commandProvider });
    const credentials = await secrets.read(config);
    const providers = createProviders(credentials, config.endpoints, child);
    const api = tunnelApi(
      {
        apiToken: await knownValue(credentials.cloudflareApiToken),
        baseUrl: config.endpoints?.cloudflare ?? CLOUDFLARE_URL,
      },
      config.cloudflare,
    );
    const [checked, signing] = await Promise.all([
      requireDeclaredIngress(manifest, config.cloudflare, api),
      requireDeclaredSigning(stack, await signingApi(credentials, config)),
    ]);

    await requireAcceptedSignatures({ ...stack, release, live: signing.live }, { ...child, provider: commandProvider });

    const deployment = new Deployment(
      "deployment",
      { config, manifest, gates, release, signing: signing.state, gateFileKey: credentials.gateFileKey },
      { ...child, provider: commandProvider },
    );
    hub.#deployment.resolve(deployment);
    // If a release cannot be staged, or an authorised restart fails, the routes and the numbers stay as they are. The numbers also stay if the routes
    // cannot be written: they would call paths that lead nowhere.
    const tunnel = new Tunnel(
      "tunnel",
      { manifest, account: config.cloudflare, api, checked },
      { ...child, dependsOn: deployment, provider: providers.cloudflare },
    );
    const routed = { ...child, dependsOn: [deployment, tunnel] };
    const numbers = new Numbers("numbers", { manifest, ...credentials }, { ...routed, provider: providers.twilio });
    const machine = { parent: deployment, provider: commandProvider };
    finishSigningRules({ config, found: signing.state }, numbers.written, machine);

    return hub;
  }
}

/** The value of an output that is known. Only for a value that no resource gets, since the result is not marked as a secret. */
function knownValue(output: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => output.apply(resolve));
}

/** The time for reading both lists if the config declares no Rules, in milliseconds: Twilio's beta must not hold up such a run. */
const UNDECLARED_LIMIT_MS = 15_000;

/** The API in which the account's Rules and Settings are read. */
async function signingApi(
  { webhooksApi: { username, password } }: Credentials,
  { endpoints, signing }: Stack["config"],
): Promise<WebhooksApi> {
  const agent = await twilioAgent(endpoints).catch(rethrow);
  const access = { username: await knownValue(username), password: await knownValue(password), agent };
  return webhooksApi(signing === undefined ? { ...access, signal: AbortSignal.timeout(UNDECLARED_LIMIT_MS) } : access);
}

function createProviders(
  { accountSid, authToken, cloudflareApiToken }: Credentials,
  endpoints: Stack["config"]["endpoints"],
  child: pulumi.ResourceOptions,
): { readonly cloudflare: cloudflare.Provider; readonly twilio: twilio.Provider } {
  const baseUrl = endpoints && { baseUrl: endpoints.cloudflare };
  return {
    cloudflare: new cloudflare.Provider("cloudflare", { apiToken: cloudflareApiToken, ...baseUrl }, child),
    twilio: new twilio.Provider("twilio", { username: accountSid, password: authToken, accountSid }, child),
  };
}
