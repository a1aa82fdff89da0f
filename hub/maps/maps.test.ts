import { expect, test } from "vitest";
import { ConfigError } from "../config/parse.ts";
import { configWith, NOW } from "../testing/config.ts";
import { APPROVED_RECORD } from "../testing/records.ts";
import { type MapSource, parseMapSource } from "./map-source.ts";
import { mermaid } from "./mermaid.ts";
import { mapsPage } from "./page.ts";

const sourceWith = (changes: Record<string, unknown> = {}): MapSource =>
  parseMapSource(configWith(changes), "Pulumi.test.yaml", NOW);
const pageWith = (changes: Record<string, unknown> = {}) => mapsPage(sourceWith(changes), "Pulumi.test.yaml");

/** Every node ID that an arrow names, and every one that is declared. */
function idsOf(page: string): { named: Set<string>; declared: Set<string> }[] {
  return [...page.matchAll(/```mermaid\n(.*?)```/gs)].map(([, map = ""]) => {
    const lines = map.split("\n").map((line) => line.trim());
    const arrows = lines.flatMap((line) => /^(\w+) -\.?->(?:\|"[^"]*"\|)? (\w+)$/.exec(line)?.slice(1) ?? []);
    const nodes = lines.flatMap((line) => /^(\w+)[[({]/.exec(line)?.[1] ?? []);
    return { named: new Set(arrows), declared: new Set(nodes) };
  });
}

test("every arrow leads from one declared box to another, and every box has an arrow", () => {
  const maps = idsOf(pageWith());
  expect(maps).toHaveLength(3);
  for (const { named, declared } of maps) expect([...named].toSorted()).toEqual([...declared].toSorted());
});

test("a third number, another agent and another sibling are drawn", () => {
  const page = pageWith({
    "numbers.2": { name: "branch", number: "+13105550177", sid: `PN${"3".repeat(32)}` },
    "openclaw.agents.callRouting": "switchboard",
    "siblings.0.name": "zendesk",
  });
  for (const text of ["branch<br>+13105550177", "OpenClaw agent switchboard", "zendesk<br>"])
    expect(page).toContain(text);
});

test.each([
  [true, "fallback, registered"],
  [false, "fallback, accepted but not registered"],
])("whether the fallback is registered (%s) stands on its arrow", (registerFallback, label) => {
  expect(pageWith({ "hosts.funnel.registerFallback": registerFallback })).toContain(label);
});

test("a shut gate shows its reasons", () => {
  expect(pageWith({ "tendlc.status": "denied" })).toContain("shut<br>status is #34;denied#34;");
});

test("each number has its own gate", () => {
  const page = pageWith();
  expect(page).toContain("gate of primary: A2P 10DLC<br>shut<br>status is #34;denied#34;");
  expect(page).toContain("gate of toll-free: toll-free verification<br>shut<br>hub:tollfree is missing");
});

test("the gate of an approval whose day has not come is drawn shut", () => {
  expect(pageWith({ tendlc: { ...APPROVED_RECORD, approvedOn: "2026-11-20" } })).toContain(
    "gate of primary: A2P 10DLC<br>open",
  );
  expect(pageWith({ tendlc: { ...APPROVED_RECORD, approvedOn: "2026-11-21" } })).toContain(
    "shut<br>approvedOn 2026-11-21 is in",
  );
});

test("a label cannot leave its quotes", () => {
  const map = mermaid({
    direction: "LR",
    nodes: [{ id: "a", lines: ['"] --> b<script>`|', "second"] }],
    edges: [{ from: "a", to: "a", label: 'x"| b' }],
  });
  expect(map).toBe(
    'flowchart LR\n  a["#34;#93; --#62; b#60;script#62;#96;#124;<br>second"]\n  a -->|"x#34;#124; b"| a\n',
  );
});

test("keys that no map draws may be missing, and others are named", () => {
  const { cloudflare: _c, twilio: _t, voice: _v, ...rest } = configWith({ "siblings.0.rules": undefined });
  expect(parseMapSource(rest, "Pulumi.test.yaml", NOW).siblings.length).toBeGreaterThan(0);
  expect(() => parseMapSource({ ...rest, hosts: undefined }, "Pulumi.test.yaml", NOW)).toThrow(ConfigError);
});
