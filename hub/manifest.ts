/** The manifest: the source of the URLs, the tunnel's routes and the handler's checks. */
import type { HubConfig } from "./config/config.ts";
import type { Hosts, HubNumber } from "./config/keys.ts";
import { ConfigError } from "./config/parse.ts";
import type { Sibling } from "./config/sibling.ts";
import type { Signing, SigningKey } from "./config/signing.ts";
import type { Voice } from "./config/voice.ts";
import { type DeclaredGates, declaredGates } from "./gate/declared-gates.ts";
import { coverageProblem } from "./signing/coverage.ts";
import { continuesWithName } from "./urls/parameter-names.ts";
import { ROUTES, type Route } from "./urls/routes.ts";
import { manifestUrls, type UrlSource } from "./urls/urls.ts";
import { canonicalJson, sha256 } from "./values/canonical-json.ts";
import { type OpReference, UrlPath } from "./values/values.ts";

/** The one source of truth, frozen. It holds references to secrets, never a secret. */
export interface Manifest {
  readonly hosts: Hosts;
  readonly routes: readonly Route[];
  readonly numbers: readonly HubNumber[];
  readonly siblings: readonly Sibling[];
  readonly handler: {
    readonly port: number;
    readonly adminPort: number;
    readonly process: string;
    readonly gateFile: string;
  };
  readonly outbound: HubConfig["outbound"];
  readonly voice: Voice;
  readonly openclaw: HubConfig["openclaw"];
  /** The declared approvals of texts, by number. `gatesOn` says which of them open now. */
  readonly gates: DeclaredGates;
  readonly secrets: HandlerSecrets;
}

/** The references that the handler resolves. */
export interface HandlerSecrets {
  readonly accountSid: OpReference;
  /** Absent if webhooks that the auth token signed are refused: the handler then does without it. */
  readonly authToken?: OpReference;
  readonly previousAuthToken?: NonNullable<HubConfig["twilio"]["previousAuthToken"]>;
  /** The keys that may sign webhooks. */
  readonly signingKeys?: readonly SigningKey[];
  /** The API key of the handler's requests to Twilio. If absent, the auth token is used. */
  readonly apiKey?: NonNullable<Signing["apiKey"]>;
  /** The key of the gate file's MAC. If absent, the auth token is used. */
  readonly gateFileKey?: OpReference;
}

/**
 * Builds the manifest from a config and a route table.
 *
 * @throws ConfigError if the route table has a path twice, a path that is not absolute or has a trailing slash, or a path that is another one plus
 * text that a parameter's name could begin with; if the config registers a fallback that no mount delivers; and if its
 * signing Rules do not cover every registered URL although the auth token is refused
 */
export function buildManifest(config: HubConfig, routes: readonly Route[] = ROUTES): Manifest {
  checkRoutes(routes);
  checkFallbacks({ hosts: config.hosts, routes });
  checkSigning(config, routes);
  return deepFreeze({
    hosts: config.hosts,
    routes: [...routes],
    numbers: config.numbers,
    siblings: config.siblings,
    handler: handlerOf(config.handler),
    outbound: config.outbound,
    voice: config.voice,
    openclaw: config.openclaw,
    gates: declaredGates(config),
    secrets: secretsOf(config),
  });
}

function secretsOf({ twilio, signing }: HubConfig): HandlerSecrets {
  if (signing === undefined) return twilio;
  const { authToken, keys, apiKey, gateFileKey } = signing;
  const { accountSid, ...tokens } = twilio;
  return {
    accountSid,
    ...(authToken === "accept" && tokens),
    signingKeys: keys,
    ...(apiKey && { apiKey }),
    ...(gateFileKey && { gateFileKey }),
  };
}

/** The folder of releases is left out: a release that moves is the same release. */
function handlerOf({ port, adminPort, process, gateFile }: HubConfig["handler"]): Manifest["handler"] {
  return { port, adminPort, process, gateFile };
}

function checkRoutes(routes: readonly Route[]): void {
  for (const [index, { path }] of routes.entries()) {
    const problem = UrlPath.safeParse(path).error?.issues[0]?.message;
    if (problem !== undefined)
      throw new ConfigError(`hub/urls/routes.ts: path ${index} of the route table: ${problem}`);
    if (routes.findIndex((route) => route.path === path) !== index) {
      throw new ConfigError(
        `hub/urls/routes.ts: duplicate path "${path}": the route table may hold a path only once; remove one`,
      );
    }
  }
  checkBorders(routes.map(({ path }) => path));
}

/** Of two such paths, a webhook that was signed for the longer one would also verify for the shorter one, see `continuesWithName`. */
function checkBorders(paths: readonly string[]): void {
  for (const shorter of paths) {
    const longer = paths.find((path) => continuesWithName(path, shorter));
    if (longer === undefined) continue;
    throw new ConfigError(
      `hub/urls/routes.ts: path "${longer}" is "${shorter}" plus text with which a parameter's name could begin, so one signature would fit both; rename one`,
    );
  }
}

/** A fallback that the config registers but no mount delivers would be missing at Twilio, without any message. */
function checkFallbacks({ hosts, routes }: UrlSource): void {
  if (!hosts.funnel.registerFallback) return;
  const covered = manifestUrls({ hosts, routes }).filter(({ host }) => host === "funnel");
  const missing = routes.filter(
    ({ path, status }) => status === "alias" && !covered.some(({ route }) => route.path === path),
  );
  for (const { path } of missing) {
    throw new ConfigError(
      `hub:hosts.funnel.registerFallback: true, but no mount covers "${path}"; add it to hub:hosts.funnel.mounts, or set this to false`,
    );
  }
}

/** Without the auth token, a URL that no Rule covers would refuse every webhook. */
function checkSigning({ hosts, numbers, signing }: HubConfig, routes: readonly Route[]): void {
  const problem = signing && coverageProblem({ hosts, numbers, routes }, signing);
  if (problem !== undefined) throw new ConfigError(problem);
}

/** The manifest's digest: `sha256:` and 64 hex digits, over its JSON with sorted keys. Equal manifests have equal digests on any machine. */
export function manifestDigest(manifest: Manifest): string {
  return `sha256:${sha256(canonicalJson(manifest))}`;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
