/** Alterations of the URL, whichever body follows. */
import { EVENTS } from "../../../handlers/webhook/events.ts";
import type { Alteration } from "./attempt.ts";
import type { RandomWebhook } from "./random-webhooks.ts";

/** The attempt that is signed over another URL and arrives unchanged. */
function signedOver(name: string, change: (url: string) => string): Alteration {
  return {
    name,
    appliesTo: () => true,
    alter: ({ url, body, format }) => ({ signs: { url: change(url), body, format } }),
  };
}

/** The attempt whose path is signed and arrives in another form. */
function pathSignedAs(name: string, change: (path: string) => string): Alteration {
  return {
    name,
    appliesTo: () => true,
    alter: ({ to, query, body, format }) => {
      const { origin, pathname } = new URL(to.url);
      const target = `${change(pathname)}${query}`;
      return { signs: { url: `${origin}${target}`, body, format }, target };
    },
  };
}

/** The attempt whose query is signed and arrives in another form. */
function querySignedAs(
  name: string,
  change: (query: string) => string,
  appliesTo: Alteration["appliesTo"] = () => true,
): Alteration {
  return {
    name,
    appliesTo,
    alter: ({ to, query, body, format }) => {
      const changed = change(query);
      return { signs: { url: `${to.url}${changed}`, body, format }, target: `${to.deliveredAs[0]}${changed}` };
    },
  };
}

/** The attempt that is signed as Twilio does and arrives under another target. */
function arrivesAt(
  name: string,
  change: (target: string) => string,
  appliesTo: Alteration["appliesTo"] = () => true,
): Alteration {
  return { name, appliesTo, alter: ({ to, query }) => ({ target: change(`${to.deliveredAs[0]}${query}`) }) };
}

const hasQuery = ({ query }: RandomWebhook) => query !== "";
const hasTurn = ({ query, format }: RandomWebhook) => format === "form" && query !== "";
const hasNoTurns = ({ to, format }: RandomWebhook) => format === "form" && !EVENTS[to.route.event].hasTurns;
const isPlainForm = ({ query, format }: RandomWebhook) => format === "form" && query === "";

const withHost = (url: string, change: (host: string) => string) => {
  const { host } = new URL(url);
  return url.replace(host, change(host));
};

/** The alterations. */
export const URL_ALTERATIONS: readonly Alteration[] = [
  signedOver("signed over the URL with its default port", (url) => withHost(url, (host) => `${host}:443`)),
  signedOver("signed over the URL with another port", (url) => withHost(url, (host) => `${host}:8443`)),
  signedOver("signed over http", (url) => url.replace("https:", "http:")),
  signedOver("signed over the host in upper case", (url) => withHost(url, (host) => host.toUpperCase())),
  signedOver("signed over the host with a dot at its end", (url) => withHost(url, (host) => `${host}.`)),
  signedOver("signed over another host", (url) => withHost(url, () => "evil.example")),
  signedOver("signed over a user at the host", (url) => url.replace("https://", "https://user:password@")),
  signedOver("signed with a fragment, which does not arrive", (url) => `${url}#rc=2&rp=4xx`),
  signedOver("signed with a slash at the path's end, which does not arrive", (url) => url.replace(/(\?|$)/, "/$1")),
  pathSignedAs("a slash at the path's end that was signed", (path) => `${path}/`),
  pathSignedAs("an escape in the path that was signed", (path) => path.replace("o", "%6f").replace("m", "%6d")),
  pathSignedAs("a path in upper case that was signed", (path) => path.toUpperCase()),
  pathSignedAs("two slashes before a path that was signed", (path) => `/${path}`),
  pathSignedAs("a parameter of a path that was signed", (path) => `${path};v=1`),
  pathSignedAs("a path outside the manifest that was signed", () => "/elsewhere"),
  querySignedAs("a query that is not the hub's, which was signed", (query) => `${query}${query === "" ? "?" : "&"}x=1`),
  querySignedAs("a turn that no call has, which was signed", () => "?turn=0", hasTurn),
  querySignedAs("a turn with an escape that was signed", (query) => query.replace("turn", "t%75rn"), hasTurn),
  querySignedAs("a turn on a URL without turns, which was signed", () => "?turn=2", hasNoTurns),
  querySignedAs("an empty query that was signed", () => "?", isPlainForm),
  querySignedAs("a fragment that was signed", (query) => `${query}#rc=2`),
  arrivesAt("a slash at the path's end that was not signed", (target) => target.replace(/(\?|$)/, "/$1")),
  arrivesAt("an escape in the path that was not signed", (target) => target.replace("/", "/%2e/")),
  arrivesAt("a dot segment in the path that was not signed", (target) => `/.${target}`),
  arrivesAt("a query that was not signed", (target) => `${target}${target.includes("?") ? "&" : "?"}x=1`),
  arrivesAt("an empty query that was not signed", (target) => `${target}?`, isPlainForm),
  arrivesAt("a fragment that was not signed", (target) => `${target}#rc=2`),
  arrivesAt("a query that is missing", (target) => target.replace(/\?.*/, ""), hasQuery),
  arrivesAt(
    "another turn",
    (target) => target.replace(/turn=(\d)/, (_, digit) => `turn=${(Number(digit) % 9) + 1}`),
    hasTurn,
  ),
  arrivesAt("the turn with an escape that was not signed", (target) => target.replace("turn", "t%75rn"), hasTurn),
];
