/** Replays the recorded runs against the stand-ins, over one loopback cloud. */
import { delimiter } from "node:path";
import { vi } from "vitest";
import { type LoopbackCloud, startLoopbackCloud } from "../../loopback/cloud.ts";
import { startStandIns } from "../../loopback/engine/protocol/test-client.ts";
import { loopbackConfig } from "../../loopback/testing.ts";
import type { RecordedCall } from "../../tools/recordings/fixture.ts";
import { MADE_UP } from "../../tools/recordings/made-up.ts";
import { editByHand } from "./by-hand.ts";
import { whyNotReplayed } from "./known-differences.ts";
import { asRecorded, fillPlaceholders } from "./placeholders.ts";
import { recordedRuns, STAND_INS, standInOf } from "./recorded-runs.ts";
import { type Answer, connectLanguageHost, connectProvider, type StandInClient } from "./stand-in-client.ts";

const HANDLER_PORT = 18797;

/** A recorded call and the stand-in's answer, which is undefined if the call cannot be replayed. */
export interface ReplayedCall {
  readonly run: string;
  readonly call: RecordedCall;
  readonly answer: Answer | undefined;
}

/** Replays every recorded run, in order. */
export async function replayRuns(): Promise<ReplayedCall[]> {
  const config = loopbackConfig(HANDLER_PORT);
  const vault = {
    [config.twilio.accountSid]: MADE_UP.accountSid,
    [config.twilio.authToken]: MADE_UP.authToken,
    [config.cloudflare.apiToken]: MADE_UP.apiToken,
  };
  const cloud = await startLoopbackCloud({ config, vault });
  const standIns = await startStandIns(STAND_INS, {
    HTTP_PROXY: cloud.endpoints.twilioProxy,
    NODE_EXTRA_CA_CERTS: cloud.caFile,
    LOOPBACK_OP_VAULT: cloud.vaultFile,
    PATH: [cloud.binFolder, process.env.PATH ?? ""].join(delimiter),
  });
  const { nodejs = 0, ...providers } = standIns.ports;
  const clients: [name: string, client: StandInClient][] = Object.entries(providers).map(([name, port]) => [
    name,
    connectProvider(port),
  ]);
  const byName = new Map([...clients, ["nodejs", connectLanguageHost(nodejs)]]);
  try {
    return await replay(cloud, byName);
  } finally {
    for (const client of byName.values()) client.close();
    await standIns.close();
    await cloud.close();
  }
}

async function replay(cloud: LoopbackCloud, clients: ReadonlyMap<string, StandInClient>): Promise<ReplayedCall[]> {
  const replayed: ReplayedCall[] = [];
  const places = { cloudflare: cloud.endpoints.cloudflare, handlerPort: HANDLER_PORT };
  for (const { name: run, calls } of recordedRuns()) {
    editByHand(cloud, run);
    for (const call of calls) {
      const client = clients.get(standInOf(call));
      if (client === undefined) throw new Error(`no stand-in of ${standInOf(call)} is running`);
      const send = () => client.send({ ...call, request: fillPlaceholders(call, places) });
      const answer = whyNotReplayed(call) ? undefined : asRecorded(await atItsTime(call, send));
      replayed.push({ run, call, answer });
    }
  }
  return replayed;
}

/** Runs a write at the time of the recorded one, since the answer shows that time. */
async function atItsTime<Result>({ method, response }: RecordedCall, work: () => Promise<Result>): Promise<Result> {
  const moment = /"(?:createdAt|modifiedOn)":"(\d{4}-\d\d-\d\dT[^"]+)"/.exec(JSON.stringify(response ?? {}))?.[1];
  if (!method.endsWith("/Update") || moment === undefined) return work();
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(moment) });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}
