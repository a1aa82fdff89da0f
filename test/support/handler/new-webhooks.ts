/** Signed webhooks, each for another event. */
import { randomBytes } from "node:crypto";
import { formWebhook, PARAMETERS, type TestRequest } from "../../../handlers/testing/manifest.ts";
import type { AnsweredEvent } from "../../../hub/urls/routes.ts";
import { type ManifestUrl, manifestUrls, type UrlSource } from "../../../hub/urls/urls.ts";

/** The events of the webhooks, each as often as the others. */
const EVENTS: readonly AnsweredEvent[] = [
  "inbound-call",
  "call-status",
  "inbound-text",
  "text-status",
  "transcription",
];

const SIDS: Readonly<Record<string, string>> = {
  CallSid: "CA",
  MessageSid: "SM",
  RecordingSid: "RE",
  TranscriptionSid: "TR",
};

/** Makes webhooks through the canonical host. No two are about the same call or text. */
export function newWebhooks(manifest: UrlSource, count: number): TestRequest[] {
  const urls = EVENTS.map((event) => urlOf(manifest, event));
  return Array.from({ length: count }, (_, index) =>
    newWebhook(urls[index % urls.length] ?? urlOf(manifest, "inbound-call")),
  );
}

/**
 * Finds the URL of an event on the canonical host.
 *
 * @throws Error if the manifest has none
 */
export function urlOf(manifest: UrlSource, event: AnsweredEvent): ManifestUrl {
  const url = manifestUrls(manifest).find(({ host, route }) => host === "canonical" && route.event === event);
  if (url === undefined) throw new Error(`no URL for ${event}`);
  return url;
}

/**
 * Makes a webhook of a URL, about another call or text than any other.
 *
 * @param target the request target that the host makes of the URL. Default: the URL's path
 */
export function newWebhook({ url, route }: Pick<ManifestUrl, "url" | "route">, target?: string): TestRequest {
  return formWebhook(url, freshParameters(route.event), target);
}

/** The parameters of an event, about another call or text than any other. */
export function freshParameters(event: AnsweredEvent): Readonly<Record<string, string>> {
  const parameters = PARAMETERS[event];
  const sids = Object.entries(SIDS).filter(([name]) => name in parameters);
  const fresh = sids.map(([name, prefix]) => [name, `${prefix}${randomBytes(16).toString("hex")}`]);
  return { ...parameters, ...Object.fromEntries(fresh) };
}
