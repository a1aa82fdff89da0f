/** What a webhook is answered with, by its event. */
import { listenToCaller, noReply, TWIML_TYPE } from "./twiml.ts";
import type { Webhook } from "./webhook-request.ts";

/**
 * The answer to a webhook that passed its checks. Nothing is stored: a callback is acknowledged, and what it reports is dropped.
 * A call's next turn goes to the URL that verified, so a call that failed over stays on that host.
 */
export function answerWebhook({ route, url }: Pick<Webhook, "route" | "url">): Response {
  switch (route.event) {
    case "inbound-call":
      return twiml(listenToCaller(url));
    case "inbound-text":
      return twiml(noReply());
    case "call-status":
    case "recording-complete":
    case "transcription":
    case "text-status":
      return new Response(null, { status: 204 });
    // Declared, and not answered before somebody confirms it.
    case "inbound-whatsapp":
      return new Response(null, { status: 404 });
  }
}

function twiml(body: string): Response {
  return new Response(body, { headers: { "content-type": TWIML_TYPE } });
}
