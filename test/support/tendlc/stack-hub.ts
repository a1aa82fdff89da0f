/** A handler in the test's own process, on a loopback stack that the test changes with `up`. */

import { createOutboundClient } from "../../../handlers/outbound/client/client.ts";
import type { OutboundStatus } from "../../../handlers/outbound/status.ts";
import { startHub } from "../../../handlers/start-hub.ts";
import { parseConfig } from "../../../hub/config/parse.ts";
import { buildManifest } from "../../../hub/manifest.ts";
import { PASSING_GATES } from "../../../loopback/pre-send-gates.ts";
import { registerSenders } from "../../../loopback/twilio/registrations/register-senders.ts";
import { handlerEnvironment } from "../../../tools/loopback/handler-environment.ts";
import { vaultValue } from "../../../tools/loopback/secrets.ts";
import type { LoopbackStack } from "../../../tools/loopback/stack.ts";
import { startPostgres } from "../../../tools/postgres/postgres.ts";
import { readStackConfig } from "../../../tools/stack/stack-config.ts";
import { hubEnvironment } from "../handler/hub-environment.ts";
import { divertFetch } from "./texts-that-left.ts";

/** A handler whose five pre-send gates pass. */
export interface StackHub {
  /** Requests a text, and waits until it is settled. */
  text(): Promise<OutboundStatus>;
  close(): Promise<void>;
}

/**
 * Starts a handler with the manifest of the stack's current config, and its own Postgres. Its requests to Twilio go to the stack's cloud, at which each
 * of the stack's numbers is registered.
 */
export async function startStackHub({ cloud, configFile, folder }: LoopbackStack): Promise<StackHub> {
  await using opened = new AsyncDisposableStack();
  const { hub, source } = await readStackConfig(configFile);
  const config = parseConfig(hub, source);
  const manifest = buildManifest(config);
  const secretOf = (reference: string) => vaultValue(cloud, reference);
  const credentials = {
    accountSid: await secretOf(manifest.secrets.accountSid),
    authTokens: [{ token: await secretOf(config.twilio.authToken) }],
    signingKeys: [],
  };
  const postgres = opened.adopt(await startPostgres(), (server) => server.close());
  const databaseUrl = await postgres.createDatabase("hub");
  const environment = await hubEnvironment(handlerEnvironment(cloud, { databaseUrl, folder }), cloud);
  opened.defer(divertFetch(cloud));
  const approved = Object.values(manifest.gates).find(({ kind, isWhole }) => kind === "local" && isWhole);
  registerSenders(cloud.twilio.state, approved?.isWhole ? approved.sid : undefined);
  const settings = { manifest, credentials, environment, preSendGates: () => PASSING_GATES };
  const { adminPort } = opened.adopt(await startHub(settings), (running) => running.close());
  const client = createOutboundClient({ url: `http://127.0.0.1:${adminPort}`, token: environment.outboundToken });
  const from = manifest.numbers[0]?.number ?? "";
  const running = opened.move();
  return {
    text: async () => {
      const { id } = await client.sendMessage({ to: "+12135550100", from, body: "Hello." });
      return client.settled("message", id, { signal: AbortSignal.timeout(30_000) });
    },
    close: () => running.disposeAsync(),
  };
}
