import type { Manifest } from "../../hub/manifest.ts";
import { manifestUrls } from "../../hub/urls/urls.ts";
import type { Answering } from "./events/webhook-kind.ts";

/**
 * The parts of a manifest that answers are made from.
 *
 * @throws Error if no route has the event `recording-complete`
 */
export function answeringOf(manifest: Manifest): Answering {
  const urls = manifestUrls(manifest).filter(({ route }) => route.event === "recording-complete");
  const canonical = urls.find(({ host }) => host === "canonical")?.url;
  if (canonical === undefined) throw new Error("hub/urls/routes.ts: no routed path has the event recording-complete");
  // If no mount of the funnel covers the path, only the canonical host has it.
  const funnel = urls.find(({ host }) => host === "funnel")?.url ?? canonical;
  const ownNumbers: ReadonlySet<string> = new Set(manifest.numbers.map(({ number }) => number));
  return { voice: manifest.voice, ownNumbers, recordingUrls: { canonical, funnel } };
}
