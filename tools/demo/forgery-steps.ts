import type { LoopbackCloud } from "../../loopback/cloud.ts";
import type { LoopbackStack } from "../loopback/stack.ts";
import type { Steps } from "./steps.ts";

const REFUSED = '403, body ""';

/** Shows that requests are refused which Twilio did not make, or which were changed. */
export async function showForgeries(steps: Steps, { cloud }: LoopbackStack, origin: string): Promise<void> {
  const params = { AccountSid: cloud.twilio.state.accountSid, CallSid: `CA${"0".repeat(32)}`, CallStatus: "completed" };
  const status = { url: `${origin}/voice/status`, params };
  const genuine = await cloud.sendWebhook(status);
  await steps.check("a genuine status callback, for comparison", '204, body ""', async () => describe(genuine));
  await steps.check("a forged signature", REFUSED, async () =>
    describe(await cloud.sendWebhook({ ...status, signature: Buffer.alloc(20, 1).toString("base64") })),
  );
  await steps.check("a genuine signature on another path", REFUSED, async () =>
    describe(await cloud.sendWebhook({ url: `${origin}/voice/webhook`, params, signature: genuine.signature })),
  );
  const { AccountSid, ...rest } = params;
  await steps.check("a genuine signature, part of the URL moved into a parameter's name", REFUSED, async () =>
    describe(
      await cloud.sendWebhook({
        url: `${origin}/voice`,
        params: { "/statusAccountSid": AccountSid, ...rest },
        signature: genuine.signature,
      }),
    ),
  );
}

function describe({ status, body }: Awaited<ReturnType<LoopbackCloud["sendWebhook"]>>): string {
  return `${status}, body ${JSON.stringify(body)}`;
}
