import { expect, onTestFailed, test } from "vitest";
import { sized } from "../../support/test-form.ts";
import { settle } from "../verdict.ts";
import { differing, type Sending, sendAll } from "./compare.ts";
import { proxyVersion } from "./fronts/fronts.ts";
import { requestKinds } from "./requests.ts";
import { storedEvents } from "./stored.ts";
import { MISSING, useFronts } from "./use-fronts.ts";

/** The long form sends every kind in every form of HTTP; the usual one a third of these pairs. */
const EVERY = sized(3, 1);

const { site, running } = useFronts();

test.skipIf(MISSING !== "")(`every way to the handler answers alike, and stores once${MISSING}`, async () => {
  const kinds = requestKinds(site().manifest);
  const sendings = await sendAll(running().fronts, kinds, EVERY);
  const differences = differing(sendings);
  onTestFailed(() => {
    for (const { name, answer } of differences) process.stdout.write(`${name}: ${JSON.stringify(answer)}\n`);
  });
  const versions = `nginx ${proxyVersion("nginx")}, haproxy ${proxyVersion("haproxy")}`;
  process.stdout.write(`${sendings.length} requests, directly and through ${versions}\n`);
  const caseOf = ({ front, kind }: Sending) => `${front}: ${kind.name}`;
  const { size: tried } = new Set(sendings.map(caseOf));
  expect(tried).toBe(running().fronts.length * kinds.length);
  settle("proxies in front", { tried, differing: differences.map(caseOf) });
  expect(await wronglyStored(sendings)).toEqual([]);
  expect(running().areRunning()).toBe(true);
  const reused = sendings.filter(
    ({ name, answer }) => name.includes(", one connection: ") && answer?.connections === 0,
  );
  expect(reused.length).toBeGreaterThan((running().fronts.length * kinds.length) / 2);
});

/** The names of the requests that were answered with a success and not stored once, or refused and stored. */
async function wronglyStored(sendings: readonly Sending[]): Promise<string[]> {
  const stored = await storedEvents(site());
  return sendings
    .filter(({ kind, request, answer }) => {
      const sids = request.body?.match(/\b(CA|SM|RE|TR)[0-9a-f]{32}\b/g) ?? [];
      const events = [...new Set(sids)].map((sid) => stored.get(sid) ?? 0).reduce((sum, count) => sum + count, 0);
      return events !== Number(kind.isStored || (answer?.status === 200 && kind.status === 408));
    })
    .map(({ name }) => name);
}
