/** The set-up of the Twilio provider's tests: a loopback cloud, and the stand-in in its own process. */
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { startLoopbackCloud } from "../../cloud.ts";
import { seedTwilio } from "../../seed.ts";
import { loopbackConfig } from "../../testing.ts";
import type { TwilioState } from "../../twilio/state.ts";
import type { Properties } from "../protocol/properties.ts";
import { connectEngine, type ResourceState, startStandIns, type TestEngine } from "../protocol/test-client.ts";

const PLUGIN = "terraform-provider";
const config = loopbackConfig(18797);

/** The type of a number's resource. */
export const NUMBER = "twilio:index/apiAccountsIncomingPhoneNumbers:ApiAccountsIncomingPhoneNumbers";
/** The number that the tests use, and its SID. */
export const [{ sid, number } = { sid: "", number: "" }] = config.numbers;

/** A running cloud and a running stand-in. */
export interface TwilioRig extends Awaited<ReturnType<typeof startLoopbackCloud>> {
  /** The stand-in's port by plugin. */
  readonly ports: Readonly<Record<string, number>>;
  readonly state: TwilioState;
  /** The forms that were posted, in order. */
  readonly posted: Properties[];
  /** The provider's config. */
  readonly credentials: { readonly username: string; readonly password: string; readonly accountSid: string };
  /** A new connection, without configuration. */
  connect(): TestEngine;
  /** Restores the account's numbers, and removes everything that a test added. */
  reset(): void;
}

/** Starts both. The stand-in needs its own process, because Twilio's SDK reads its proxy and its authority from the environment. */
async function startTwilioRig(): Promise<TwilioRig> {
  const cloud = await startLoopbackCloud({ config });
  const { state, faults } = cloud.twilio;
  const environment = { HTTP_PROXY: cloud.endpoints.twilioProxy, NODE_EXTRA_CA_CERTS: cloud.caFile };
  const standIns = await startStandIns([PLUGIN], environment);
  const posted: Properties[] = [];
  const answer = cloud.twilio.fetch.bind(cloud.twilio);
  cloud.twilio.fetch = async (request) => {
    if (request.method === "POST") posted.push(formOf(await request.clone().text()));
    return answer(request);
  };
  return {
    ...cloud,
    ...{ ports: standIns.ports, state, posted },
    credentials: { username: state.accountSid, password: state.authToken, accountSid: state.accountSid },
    connect: () => connectEngine(standIns.ports[PLUGIN] ?? 0),
    reset() {
      for (const [key, value] of seedTwilio(config, { ...state, apiToken: "" }).numbers) state.numbers.set(key, value);
      for (const list of [state.released, state.messages, state.campaigns, posted]) list.length = 0;
      faults.clear();
    },
    async close() {
      await standIns.close();
      await cloud.close();
    },
  };
}

/**
 * Starts both for the tests of a file. Connects and configures a new engine before each test.
 *
 * @param take gets the rig and the new connection before each test
 */
export function useTwilioRig(take: (rig: TwilioRig, engine: TestEngine) => void): void {
  let rig: TwilioRig;
  let engine: TestEngine;
  beforeAll(async () => {
    rig = await startTwilioRig();
  });
  beforeEach(async () => {
    engine = rig.connect();
    await engine.configure(rig.credentials);
    take(rig, engine);
  });
  afterEach(() => {
    engine.close();
    rig.reset();
  });
  afterAll(() => rig.close());
}

function formOf(body: string): Properties {
  return Object.fromEntries(new URLSearchParams(body));
}

/** Imports the number. */
export async function importNumber(engine: TestEngine): Promise<ResourceState> {
  const state = await engine.importResource(NUMBER, sid);
  if (state === undefined) throw new Error(`${sid} was not found`);
  return state;
}
