/** Every URL that the hub has, what of it Twilio is told, and what of it the handler accepts for a request. */

import type { z } from "zod";
import type { Hosts, HubNumber } from "../config/keys.ts";
import type { E164 } from "../values/values.ts";
import { funnelDeliveries } from "./funnel-paths.ts";
import { type AnsweredRoute, isRouted, type Route, type UrlRole } from "./routes.ts";

/** An absolute https URL without credentials, port, fragment or trailing slash: the only shape in which a URL is registered. */
export type HttpsUrl = string & z.$brand<"HttpsUrl">;

/** Whether a text is an {@link HttpsUrl}. */
export function isHttpsUrl(url: string): url is HttpsUrl {
  return /^https:\/\/[^\s/?#@:]+(\/[^\s/?#]+)*$/.test(url);
}

/** `canonical` is the tunnel's host, `funnel` the fallback. */
export type HostName = keyof Hosts;

/** One URL of the manifest: a routed path on a host that delivers it. */
export interface ManifestUrl {
  readonly url: HttpsUrl;
  readonly host: HostName;
  readonly route: AnsweredRoute;
  /** The local paths as which the host may deliver it to the handler. */
  readonly deliveredAs: readonly string[];
}

/** What {@link manifestUrls} reads of a manifest. */
export interface UrlSource {
  readonly hosts: Hosts;
  readonly routes: readonly Route[];
}

/** All URLs of the manifest: each routed path on the tunnel's host, and on the funnel's host where a mount covers it. */
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

/** A URL over which a delivered request may have been signed. */
export interface CandidateUrl extends ManifestUrl {
  /** The manifest's URL with the query that arrived, verbatim. */
  readonly signedUrl: string;
  /** The query that arrived, with its `?`; empty where there was none. */
  readonly query: string;
}

/**
 * The candidate URLs of a request: exactly those of the manifest's URLs whose host delivers them as this local path, over both hosts,
 * with the funnel's prefix stripped or whole. Which one verifies also says which route it is: under a stripped prefix `/voice` and `/sms`
 * both arrive as `/`. No header has a say in it.
 *
 * @param delivered the request target as it reached the handler: path, and query if there is one
 */
export function candidateUrls(manifest: UrlSource, delivered: string): CandidateUrl[] {
  return candidateFinder(manifest)(delivered);
}

/** {@link candidateUrls} for many requests: the manifest's URLs are derived once. */
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

/** The URLs that Twilio is told: with the number, and with each call or message. A fallback is absent where the config does not register it. */
export type RegisteredUrls = Readonly<
  Record<Exclude<UrlRole, "voiceFallbackUrl" | "smsFallbackUrl">, HttpsUrl> &
    Partial<Record<"voiceFallbackUrl" | "smsFallbackUrl", HttpsUrl>>
>;

/**
 * What Twilio is told for a number.
 *
 * @throws Error where the number is not the manifest's, or where the route table leaves a role without a path
 */
export function registeredUrls(
  manifest: UrlSource & { readonly numbers: readonly HubNumber[] },
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
 * @throws Error where the manifest has no approved route of that path
 */
export function routeUrl({ hosts, routes }: UrlSource, path: string): HttpsUrl {
  const route = routes.find((known) => known.path === path && known.status === "approved");
  if (route === undefined) throw new Error(`"${path}" is not an approved route (hub/urls/routes.ts)`);
  return join(hosts.canonical.url, route.path);
}

/** The alias URLs on the funnel's host, where the config registers them and a mount covers them. */
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

/** The URL of a path on a host. Both were checked at the door, so this fails for a route table alone that was never a manifest's. */
function join(origin: HttpsUrl, path: string): HttpsUrl {
  const url = `${origin}${path}`;
  if (!isHttpsUrl(url)) throw new Error(`"${url}" is not an https URL that can be registered`);
  return url;
}
