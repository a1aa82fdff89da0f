/** The loopback cloud that the judge watches, with the stand-in of the Twilio provider and what the senders need. */
import type { TwilioAccount } from "../../../../handlers/outbound/send/twilio-answer.ts";
import type { HubNumber } from "../../../../hub/config/keys.ts";
import { buildManifest } from "../../../../hub/manifest.ts";
import { type RegisteredUrls, registeredUrls } from "../../../../hub/urls/urls.ts";
import { twilioAgent } from "../../../../infra/vendors/twilio-agent.ts";
import { type LoopbackCloud, startLoopbackCloud } from "../../../../loopback/cloud.ts";
import { connectEngine, startStandIns, type TestEngine } from "../../../../loopback/engine/protocol/test-client.ts";
import { loopbackConfig, startOrigin } from "../../../../loopback/testing.ts";
import type { TwilioAccess } from "../../../../tools/adopt/twilio-numbers.ts";
import { type Recorder, recordExchanges } from "./exchange.ts";

const PROVIDER = "terraform-provider";

/** A running cloud with a recorder. */
export interface Site extends Recorder {
  readonly cloud: LoopbackCloud;
  /** The account's first number, and the URLs that Twilio is given for it. */
  readonly number: HubNumber;
  readonly urls: RegisteredUrls;
  /** How the handler reaches Twilio. */
  readonly account: TwilioAccount;
  /** How `adopt` reaches Twilio. */
  readonly access: TwilioAccess;
  /** The stand-in of the Twilio provider, configured. */
  readonly provider: TestEngine;
  close(): Promise<void>;
}

/** Starts the cloud, an origin in the place of the handler, and the stand-in in its own process. */
export async function startSite(): Promise<Site> {
  await using opened = new AsyncDisposableStack();
  const origin = opened.adopt(await startOrigin(), (server) => server.close());
  const config = loopbackConfig(origin.port);
  const cloud = opened.adopt(await startLoopbackCloud({ config }), (running) => running.close());
  const environment = { HTTP_PROXY: cloud.endpoints.twilioProxy, NODE_EXTRA_CA_CERTS: cloud.caFile };
  const standIns = opened.adopt(await startStandIns([PROVIDER], environment), async (running) => {
    await running.close();
  });
  const provider = opened.adopt(connectEngine(standIns.ports[PROVIDER] ?? 0), (engine) => engine.close());
  const { accountSid, authToken } = cloud.twilio.state;
  await provider.configure({ username: accountSid, password: authToken, accountSid });
  const [number] = config.numbers;
  if (number === undefined) throw new Error("the loopback stack has no number");
  const agent = await twilioAgent(cloud.endpoints);
  opened.defer(async () => agent?.destroy());
  const running = opened.move();
  return {
    ...recordExchanges(cloud.twilio),
    ...{ cloud, number, provider },
    urls: registeredUrls(buildManifest(config), number.number),
    account: {
      accountSid,
      logins: () => [{ username: accountSid, password: authToken }],
      fetch: (url, init) => cloud.twilio.fetch(new Request(url, init)),
    },
    access: { accountSid, authToken, agent },
    close: () => running.disposeAsync(),
  };
}
