/** Measures the servers in turn, round by round, so that the noise of a shared machine affects all of them alike. */
import { type LoadResult, runLoad } from "./load.ts";
import { SERVER_NAMES, type ServerName } from "./servers.ts";
import { median } from "./statistics.ts";
import type { Tables } from "./tables.ts";
import { type SignedWebhook, signedWebhooks } from "./webhooks.ts";

/** A server under measurement. `tables` is absent for a server that stores nothing, which may get the same webhook again. */
export interface Subject {
  readonly port: number;
  readonly tables?: Tables;
}

/** A value for each server. */
export type ByServer<Value> = Readonly<Record<ServerName, Value>>;

/** The seconds of a round, and the number of rounds. */
export interface Rounds {
  readonly seconds: number;
  readonly rounds: number;
}

/** The medians over the rounds, of each figure separately. */
export type Medians = Readonly<Record<"requestsPerSecond" | "p50" | "p99" | "loadBusy", number>>;

/** The measurements of a server at a number of connections. */
export interface Measured {
  readonly rounds: readonly LoadResult[];
  readonly median: Medians;
}

const WARM_UP_SECONDS = 2;
/** The most webhooks of a warm-up. On a fast machine they end it early. */
const WARM_UP_WEBHOOKS = 25_000;
/** The factor by which a round has more webhooks than expected, in case the server is faster than so far. */
const SPARE = 1.5;
const REPEATED_WEBHOOKS = 5_000;

/**
 * Measures servers at a number of connections, after a warm-up of each.
 *
 * @param note called with a line about each round
 * @throws Error if an answer has the wrong status, or if a round's webhooks are not all stored exactly once
 */
export async function measure(
  subjects: ByServer<Subject>,
  connections: number,
  { seconds, rounds }: Rounds,
  note: (line: string) => void,
): Promise<ByServer<Measured>> {
  const fastest = { hub: 0, usual: 0, bare: 0 };
  const results: ByServer<LoadResult[]> = { hub: [], usual: [], bare: [] };
  for (const name of SERVER_NAMES) {
    const warmUp = await runRound(subjects[name], connections, WARM_UP_SECONDS, WARM_UP_WEBHOOKS);
    fastest[name] = warmUp.requestsPerSecond;
  }
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of SERVER_NAMES) {
      const webhooks = Math.ceil(fastest[name] * seconds * SPARE) + connections;
      const result = await runRound(subjects[name], connections, seconds, webhooks);
      fastest[name] = Math.max(fastest[name], result.requestsPerSecond);
      results[name].push(result);
      note(`${connections} connections, round ${round}, ${name}: ${result.requestsPerSecond.toFixed(0)} req/s`);
    }
  }
  return { hub: measured(results.hub), usual: measured(results.usual), bare: measured(results.bare) };
}

/** Runs the load on a server once. The webhooks are made before the measured time begins. */
async function runRound(
  { port, tables }: Subject,
  connections: number,
  seconds: number,
  count: number,
): Promise<LoadResult> {
  const isRepeating = tables === undefined;
  const webhooks = isRepeating ? alwaysAnswered200(signedWebhooks(REPEATED_WEBHOOKS)) : signedWebhooks(count);
  await tables?.reset();
  const result = await runLoad({ port, connections, milliseconds: seconds * 1_000, webhooks, isRepeating });
  await tables?.requireExactly(result.answered);
  return result;
}

/** The webhooks with status 200 expected, since the bare server has only one answer. */
function alwaysAnswered200(webhooks: readonly SignedWebhook[]): SignedWebhook[] {
  return webhooks.map(({ bytes }) => ({ bytes, status: 200 }));
}

function measured(rounds: readonly LoadResult[]): Measured {
  const of = (name: keyof Medians) => median(rounds.map((round) => round[name]));
  const medians = {
    requestsPerSecond: of("requestsPerSecond"),
    p50: of("p50"),
    p99: of("p99"),
    loadBusy: of("loadBusy"),
  };
  return { rounds, median: medians };
}
