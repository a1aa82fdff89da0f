import type { UrlRole } from "../../hub/urls/routes.ts";
import { type HostName, manifestUrls, type UrlSource } from "../../hub/urls/urls.ts";
import type { FunnelPrefix } from "../../loopback/hosts/funnel.ts";
import type { Delivery } from "../../loopback/twilio/webhooks/deliver.ts";
import type { LoopbackStack } from "../loopback/stack.ts";
import { lastAnswer } from "./last-answer.ts";
import type { Steps } from "./steps.ts";

const CALLER = "+12125550123";

/** Shows a call and a text at each number: over the canonical host, then over the funnel with its prefix stripped, then with its prefix whole. */
export async function showCalls(steps: Steps, stack: LoopbackStack, manifest: UrlSource): Promise<void> {
  const { cloud } = stack;
  const canonical = new URL(manifest.hosts.canonical.url).hostname;
  await callAndText(steps, stack, "canonical host", urlsOf(manifest, "canonical", "voiceUrl", "smsUrl"));
  cloud.edge.breakHost(canonical);
  for (const prefix of ["stripped", "whole"] satisfies FunnelPrefix[]) {
    cloud.funnel.setPrefix(prefix);
    await callAndText(
      steps,
      stack,
      `funnel, prefix ${prefix}`,
      urlsOf(manifest, "funnel", "voiceFallbackUrl", "smsFallbackUrl"),
    );
  }
  cloud.edge.restoreHost(canonical);
}

interface Expected {
  readonly voice: string;
  readonly sms: string;
}

async function callAndText(steps: Steps, { cloud }: LoopbackStack, over: string, expected: Expected): Promise<void> {
  for (const { phone_number: to } of cloud.twilio.state.numbers.values()) {
    await steps.check(`call to ${to} over the ${over}`, `200 <Gather> at ${expected.voice}`, async () =>
      describe(await cloud.placeCall({ to, from: CALLER })),
    );
    await steps.check(`text to ${to} over the ${over}`, `200 <Response/> at ${expected.sms}`, async () =>
      describe(await cloud.placeText({ to, from: CALLER, body: "Is the house on Elm Street still for sale?" })),
    );
  }
}

function describe(delivery: Delivery): string {
  const { text, url } = lastAnswer(delivery);
  return `${text} at ${url}`;
}

/** The host's URLs for a call and for a text. */
function urlsOf(manifest: UrlSource, host: HostName, voiceRole: UrlRole, smsRole: UrlRole): Expected {
  const find = (role: UrlRole) =>
    manifestUrls(manifest).find((known) => known.host === host && known.route.role === role)?.url ?? "none";
  return { voice: find(voiceRole), sms: find(smsRole) };
}
