/** The tunnel's config is shared and replaced as a whole: what others wrote into it survives every run, or the run stops and says what it found. */
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { TunnelConfig } from "../../loopback/cloudflare/state.ts";
import { changesIn, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();
const NEIGHBOURS = { hostname: "forms.reri.co", path: "^/signed$", service: "http://localhost:19999" };

let applied: TunnelConfig;
beforeAll(async () => {
  await stack().apply();
  applied = structuredClone(tunnel().config);
});
afterEach(() => {
  tunnel().config = structuredClone(applied);
});

function tunnel() {
  const [found] = stack().cloud.cloudflare.state.tunnels.values();
  if (found === undefined) throw new Error("the loopback account has no tunnel");
  return found;
}

/** A change by hand to a rule of the hub, so that the next run writes the tunnel's config. */
function changeOwnRule(): void {
  const [rule] = tunnel().config.ingress;
  if (rule !== undefined) rule.path = "^/voice";
}

/** Another client replaces the tunnel's config. */
async function writeAsNeighbour(config: object): Promise<void> {
  const { apiToken, accountId } = stack().cloud.cloudflare.state;
  const url = `${stack().cloud.endpoints.cloudflare}/accounts/${accountId}/cfd_tunnel/${tunnel().id}/configurations`;
  const answer = await fetch(url, {
    method: "PUT",
    headers: { Authorization: `Bearer ${apiToken}`, "Content-Type": "application/json" },
    body: JSON.stringify({ config }),
  });
  expect(answer.status).toBe(200);
}

const withNeighbours = () => ({ ...tunnel().config, ingress: [NEIGHBOURS, ...tunnel().config.ingress] });

/** Waits until a client has read the tunnel's config, for ten seconds at most. */
async function untilRead(): Promise<void> {
  const { requests } = stack().cloud.cloudflare;
  const isRead = () => requests.some(({ method, path }, at) => at >= seen && method === "GET" && isConfig(path));
  const seen = requests.length;
  const end = Date.now() + 10_000;
  while (!isRead() && Date.now() < end) await pause(5);
}

const isConfig = (path: string) => path.endsWith("/configurations");

test.each([
  ["warp-routing", { enabled: true, maxActiveFlows: 50 }],
  ["warp-routing", { enabled: false, tcpKeepAlive: 45 }],
  ["future-part", { x: [1] }],
])("a live %s of %j stops an up before a change of the ingress, with its value", async (name, value) => {
  Object.assign(tunnel().config, { [name]: value });
  changeOwnRule();
  const before = structuredClone(tunnel().config);
  const changes = changesIn(stack()).length;
  const result = await stack().bareUp();
  expect(result.code, outputOf(result)).toBe(1);
  expect(outputOf(result)).toContain(`${name} ${JSON.stringify(value)}`);
  expect(tunnel().config).toEqual(before);
  expect(changesIn(stack())).toHaveLength(changes);
});

test.each(["drift", "up"])("such a part stops %s, with the policy pack too", async (verb) => {
  Object.assign(tunnel().config, { "warp-routing": { enabled: true } });
  const result = await stack().pulumi(verb === "up" ? ["up", "--yes", "--skip-preview"] : [verb]);
  expect(result.code, outputOf(result)).toBe(1);
  expect(outputOf(result)).toContain('warp-routing {"enabled":true}');
});

test("a setting of a declared rule that the provider does not show stops the run", async () => {
  const rule = tunnel().config.ingress.find(({ service }) => service.endsWith(":18792"));
  if (rule === undefined) throw new Error("the tunnel has no rule of openphone-quo");
  rule.originRequest = { ipRules: [{ prefix: "10.0.0.0/8", allow: true }] };
  const result = await stack().bareUp();
  expect(result.code).toBe(1);
  expect(outputOf(result)).toContain('originRequest {"ipRules":[{"allow":true,"prefix":"10.0.0.0/8"}]}');
});

test("a rule that a neighbour adds after the program's check stops the write", async () => {
  changeOwnRule();
  // The refresh and the check come before.
  stack().cloud.cloudflare.interruptions.before({ path: "/configurations", after: 2 }, () =>
    writeAsNeighbour(withNeighbours()),
  );
  const result = await stack().bareUp();
  expect(result.code, outputOf(result)).not.toBe(0);
  expect(outputOf(result)).toContain("hostname forms.reri.co, path ^/signed$, service http://localhost:19999");
  expect(tunnel().config.ingress[0]).toEqual(NEIGHBOURS);
});

test("what a neighbour writes between the last look and the write is printed and put back, and the run fails", async () => {
  changeOwnRule();
  const theirs = { ...withNeighbours(), "warp-routing": { enabled: true } };
  stack().cloud.cloudflare.interruptions.before({ method: "PUT", path: "/configurations" }, async () => {
    await writeAsNeighbour(theirs);
    await untilRead();
    // The answer to that request is on its way.
    await pause(500);
  });
  const result = await stack().bareUp();
  expect(result.code, outputOf(result)).not.toBe(0);
  expect(outputOf(result)).toContain("hostname forms.reri.co, path ^/signed$, service http://localhost:19999");
  expect(tunnel().config).toEqual(theirs);
});

test("a rule under the hub's host that leads to another machine's port of the same number is not the hub's", async () => {
  const forms = { hostname: "webhook.reri.co", path: "^/forms/", service: `http://10.0.0.9:${stack().handlerPort}` };
  tunnel().config.ingress.unshift(forms);
  const result = await stack().bareUp();
  expect(result.code, outputOf(result)).toBe(1);
  expect(outputOf(result)).toContain(`hostname webhook.reri.co, path ^/forms/, service ${forms.service}`);
  expect(tunnel().config.ingress[0]).toEqual(forms);
});

test("a rule of the hub with another path is listed before it is replaced", async () => {
  const old = { hostname: "webhook.reri.co", path: "^/call$", service: `http://localhost:${stack().handlerPort}` };
  tunnel().config.ingress.unshift(old);
  const preview = await stack().pulumi(["preview"]);
  expect(preview.code, outputOf(preview)).toBe(0);
  expect(outputOf(preview)).toContain(`hostname webhook.reri.co, path ^/call$, service ${old.service}`);
  const up = await stack().bareUp();
  expect(up.code, outputOf(up)).toBe(0);
  expect(tunnel().config.ingress).toEqual(applied.ingress);
});
