import { randomBytes } from "node:crypto";
import { expect, onTestFailed, test } from "vitest";
import { settle } from "../verdict.ts";
import { answersItself, faultDirectly, faultThrough, springDirectly, springThrough } from "./framing/spring.ts";
import { TRAPS } from "./framing/traps.ts";
import { PROXIES } from "./fronts/fronts.ts";
import { inTurns } from "./in-turns.ts";
import { storedEvents } from "./stored.ts";
import { useFronts } from "./use-fronts.ts";

const { site, running } = useFronts();

const WAYS = Object.entries(PROXIES).map(([name, path]) =>
  path === undefined ? `; not through ${name}, which this machine lacks` : `, through ${name}`,
);

test(`no trap of framing has a second request served: directly${WAYS.join("")}`, async () => {
  const [handler, ...proxies] = running().fronts;
  const { manifest } = site();
  const direct = await inTurns(TRAPS.map((trap) => () => springDirectly(handler?.port ?? 0, trap, manifest)));
  const through = await inTurns(
    proxies.flatMap(({ name: front, port }) =>
      TRAPS.map((trap) => async () => {
        const sprung = await springThrough(port, trap, manifest);
        const nonce = randomBytes(16).toString("hex");
        const isUnharmed = await answersItself(port, manifest, nonce);
        return { front, sprung, isUnharmed };
      }),
    ),
  );
  const stored = await storedEvents(site());
  const verdicts = [
    ...direct.map((sprung) => ({ front: "directly", trap: sprung.trap, fault: faultDirectly(sprung, stored) })),
    ...through.map(({ front, sprung, isUnharmed }) => ({
      front,
      trap: sprung.trap,
      fault: faultThrough(sprung, stored) ?? (isUnharmed ? undefined : "the next request got another answer"),
    })),
  ];
  const faults = verdicts.filter(({ fault }) => fault !== undefined);
  onTestFailed(() => {
    for (const { front, trap, fault } of faults) {
      process.stdout.write(`${front}: ${trap.name} (RFC 9112 ${trap.section}): ${fault}\n`);
    }
  });
  expect(running().areRunning()).toBe(true);
  settle("HTTP's framing rules", {
    tried: verdicts.length,
    differing: faults.map(({ front, trap }) => `${front}: ${trap.name}`),
  });
});

test("every trap has a name of its own", () => {
  const names = TRAPS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});
