/** Every URL of the hub, the ones that Twilio is given, and the ones that a request may have been signed for. */

import type { z } from "zod";
import type { Hosts, HubNumber } from "../config/keys.ts";
import type { E164 } from "../values/values.ts";
import { funnelDeliveries } from "./funnel-paths.ts";
import { type AnsweredRoute, isRouted, type Route, type UrlRole } from "./routes.ts";

/** An absolute https URL without credentials, port, query, fragment or trailing slash. Only such a URL is registered. */
export type HttpsUrl = string & z.$brand<"HttpsUrl">;

/** Whether a text is an {@link HttpsUrl}. */
export function isHttpsUrl(url: string): url is HttpsUrl {
  return /^https:\/\/[^\s/?#@:]+(\/[^\s/?#]+)*$/.test(url);
}

/** `canonical` is the tunnel's host, `funnel` the fallback. */
export type HostName = keyof Hosts;

/** A URL of the manifest: a routed path on a host that delivers it. */
export interface ManifestUrl {
  readonly url: HttpsUrl;
  readonly host: HostName;
  readonly route: AnsweredRoute;
  /** The local paths under which this URL may reach the handler. */
  readonly deliveredAs: readonly string[];
}

/** The parts of a manifest that {@link manifestUrls} reads. */
export interface UrlSource {
  readonly hosts: Hosts;
  readonly routes: readonly Route[];
}

/** All URLs of the manifest: each routed path on the tunnel's host, and on the funnel's host if a mount covers it. */
export function manifestUrls({ hosts, routes }: UrlSource): ManifestUrl[] {
  const routed = routes.filter(isRouted);
  const canonical = routed.map((route) => ({
    url: join(hosts.canonical.url, route.path),
    host: "canonical" as const,
    route,
    deliveredAs: [route.path],
  }));
  const funnel = routed.map((route) => ({
    url: join(hosts.funnel.url, route.path),
    host: "funnel" as const,
    route,
    deliveredAs: funnelDeliveries(hosts.funnel, route.path),
  }));
  return [...canonical, ...funnel.filter(({ deliveredAs }) => deliveredAs.length > 0)];
}

/** A URL that a delivered request may have been signed for. */
export interface CandidateUrl extends ManifestUrl {
  /** The manifest's URL and the query that arrived, verbatim. */
  readonly signedUrl: string;
  /** The query that arrived, with its `?`; empty if there was none. */
  readonly query: string;
}

/**
 * The candidate URLs of a request: exactly those URLs of the manifest that their host delivers under this local path. Both hosts count, and
 * the funnel's prefix may be stripped or whole. The candidate whose signature verifies also tells the route: under a stripped prefix both
 * `/voice` and `/sms` arrive as `/`. No header is used.
 *
 * @param delivered the request target as it reached the handler: path, and query if there is one
 */
export function candidateUrls(manifest: UrlSource, delivered: string): CandidateUrl[] {
  return candidateFinder(manifest)(delivered);
}

/** {@link candidateUrls} for many requests. It derives the manifest's URLs once. */
export function candidateFinder(manifest: UrlSource): (delivered: string) => CandidateUrl[] {
  const urls = manifestUrls(manifest);
  const paths = new Set(urls.flatMap(({ deliveredAs }) => deliveredAs));
  const byPath = new Map([...paths].map((path) => [path, urls.filter((url) => url.deliveredAs.includes(path))]));
  return (delivered) => {
    const queryAt = delivered.indexOf("?");
    const path = queryAt === -1 ? delivered : delivered.slice(0, queryAt);
    const query = queryAt === -1 ? "" : delivered.slice(queryAt);
    return (byPath.get(path) ?? []).map((candidate) => ({
      ...candidate,
      query,
      signedUrl: `${candidate.url}${query}`,
    }));
  };
}

/** The URLs that Twilio is given with a number, call or text. A fallback is absent if the config does not register it. */
export type RegisteredUrls = Readonly<
  Record<Exclude<UrlRole, "voiceFallbackUrl" | "smsFallbackUrl">, HttpsUrl> &
    Partial<Record<"voiceFallbackUrl" | "smsFallbackUrl", HttpsUrl>>
>;

/**
 * The URLs that Twilio is given for a number.
 *
 * @throws Error if the number is not the manifest's, or if the route table has no approved route for a role
 */
export function registeredUrls(
  manifest: UrlSource & { readonly numbers: readonly Pick<HubNumber, "number">[] },
  number: E164,
): RegisteredUrls {
  if (!manifest.numbers.some((known) => known.number === number)) {
    throw new Error(`${number} is not a number of the manifest (hub:numbers)`);
  }
  return {
    voiceUrl: approvedUrl(manifest, "voiceUrl"),
    statusCallback: approvedUrl(manifest, "statusCallback"),
    smsUrl: approvedUrl(manifest, "smsUrl"),
    recordingStatusCallback: approvedUrl(manifest, "recordingStatusCallback"),
    transcribeCallback: approvedUrl(manifest, "transcribeCallback"),
    messageStatusCallback: approvedUrl(manifest, "messageStatusCallback"),
    ...fallbackUrls(manifest),
  };
}

/**
 * The URL of an approved route on the canonical host.
 *
 * @throws Error if the manifest has no approved route of that path
 */
export function routeUrl({ hosts, routes }: UrlSource, path: string): HttpsUrl {
  const route = routes.find((known) => known.path === path && known.status === "approved");
  if (route === undefined) throw new Error(`"${path}" is not an approved route (hub/urls/routes.ts)`);
  return join(hosts.canonical.url, route.path);
}

/** The alias URLs on the funnel's host, if the config registers them and a mount covers them. */
function fallbackUrls(manifest: UrlSource): Partial<Record<"voiceFallbackUrl" | "smsFallbackUrl", HttpsUrl>> {
  if (!manifest.hosts.funnel.registerFallback) return {};
  const urls = manifestUrls(manifest).filter(({ host, route }) => host === "funnel" && route.status === "alias");
  const voice = urls.find(({ route }) => route.role === "voiceFallbackUrl");
  const sms = urls.find(({ route }) => route.role === "smsFallbackUrl");
  return {
    ...(voice && { voiceFallbackUrl: voice.url }),
    ...(sms && { smsFallbackUrl: sms.url }),
  };
}

function approvedUrl(manifest: UrlSource, role: UrlRole): HttpsUrl {
  const route = manifest.routes.find((known) => known.role === role && known.status === "approved");
  if (route === undefined) throw new Error(`hub/urls/routes.ts: no approved route has the role "${role}"`);
  return join(manifest.hosts.canonical.url, route.path);
}

/** The URL of a path on a host. `buildManifest` checked both, so this throws only for a route table that never was a manifest's. */
function join(origin: HttpsUrl, path: string): HttpsUrl {
  const url = `${origin}${path}`;
  if (!isHttpsUrl(url)) throw new Error(`"${url}" is not an https URL that can be registered`);
  return url;
}
