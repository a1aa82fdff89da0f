/** The Rules that the stack makes at Twilio, derived from the same source as the URLs that it registers there. */
import type { HubNumber } from "../config/keys.ts";
import type { Share, Signing } from "../config/signing.ts";
import type { Route } from "../urls/routes.ts";
import { type HttpsUrl, type ManifestUrl, manifestUrls, registeredUrls, type UrlSource } from "../urls/urls.ts";

/** The URLs of a manifest. */
export type UrlManifest = UrlSource & { readonly numbers: readonly Pick<HubNumber, "number">[] };

/** A Rule of the stack's. `prefix` ends with a slash. */
export type DeclaredRule = { readonly settings: readonly Share[] } & (
  | { readonly matchType: "EXACT_MATCH"; readonly value: HttpsUrl }
  | { readonly matchType: "PREFIX_MATCH"; readonly prefix: string }
);

/** Every URL that Twilio is given, each once, in the order of the route table. */
export function registeredManifestUrls(manifest: UrlManifest): ManifestUrl[] {
  const registered = new Set(
    manifest.numbers.flatMap(({ number }) => Object.values<string>(registeredUrls(manifest, number))),
  );
  return manifestUrls(manifest).filter(({ url }) => registered.has(url));
}

/** The event whose later turns are called at the URL with a query. A test holds it against the handler's events. */
const EVENT_WITH_TURNS: Route["event"] = "inbound-call";

/** Whether Twilio may call a registered URL with a query. */
export function hasTurnQuery({ route }: Pick<ManifestUrl, "route">): boolean {
  return route.event === EVENT_WITH_TURNS;
}

/** The URLs at which Twilio calls a URL of the manifest: as it is, and with the query of a call's later turn. */
export function calledAt(entry: Pick<ManifestUrl, "url" | "route">): string[] {
  return hasTurnQuery(entry) ? [entry.url, `${entry.url}?turn=1`] : [entry.url];
}

/**
 * The Rules: an exact one for each registered URL that `hub:signing.rules` covers. If Twilio compares the query too, an exact Rule does not cover the
 * later turns of a call. A prefix Rule for the folder of such a URL then covers them.
 */
export function declaredRules(manifest: UrlManifest, signing: Signing): DeclaredRule[] {
  const covered = registeredManifestUrls(manifest).flatMap(({ url, route }) => {
    const rule = signing.rules.find(({ urls }) => urls === "all" || urls.includes(route.role));
    return rule === undefined ? [] : [{ url, route, settings: rule.settings }];
  });
  const exact = covered.map(({ url, settings }) => ({ matchType: "EXACT_MATCH" as const, value: url, settings }));
  if (signing.queries !== "matched") return exact;
  const turned = covered.filter(hasTurnQuery);
  const folders = new Map(turned.map(({ url, settings }) => [folderOf(url), settings]));
  const prefixes = [...folders].map(([prefix, settings]) => ({ matchType: "PREFIX_MATCH" as const, prefix, settings }));
  return [...exact, ...prefixes];
}

/** The folder of a URL, with the slash at its end. */
function folderOf(url: HttpsUrl): string {
  return url.slice(0, url.lastIndexOf("/") + 1);
}

/** The hosts of the hub, as URLs without a path. */
export function originsOf({ hosts }: Pick<UrlManifest, "hosts">): string[] {
  return [hosts.canonical.url, hosts.funnel.url];
}

/** The name of a Setting or Rule of the hub's at Twilio. The mark shows whose it is; a Setting cannot be changed, so its name stands for its content. */
export function settingTitle(name: string): string {
  return `${MARK}${name}`;
}

const MARK = "twilio-hub ";

/** Whether a Setting or Rule has the hub's mark. An account has one hub. */
export function isMarked({ friendlyName }: { readonly friendlyName?: string | null | undefined }): boolean {
  return friendlyName?.startsWith(MARK) ?? false;
}
