/**
 * The types of Cloudflare's official SDK as the judge of the loopback's Cloudflare, and of everything that this project sends there. Cloudflare makes
 * them from its API's OpenAPI document. They leave most members optional, so the SDK's words about each member are a further source: `absent.ts`.
 */
import type { Hono } from "hono";
import { expect, test, vi } from "vitest";
import { isMap } from "../../../hub/values/maps.ts";
import { dnsApi } from "../../../loopback/cloudflare/dns-api.ts";
import { tunnelsApi } from "../../../loopback/cloudflare/tunnels-api.ts";
import { zonesApi } from "../../../loopback/cloudflare/zones-api.ts";
import { useCloudflareRig } from "../../../loopback/engine/cloudflare/test-rig.ts";
import { settle } from "../verdict.ts";
import { ABSENT } from "./absent.ts";
import { Compiler } from "./compiler.ts";
import { type Judged, judge, nameOf, type Recorded, recorded } from "./judge.ts";
import { mutantsOf } from "./mutants.ts";
import { OPERATIONS } from "./operations.ts";
import { type Exchange, recording } from "./recorder.ts";
import { playScenario } from "./scenario.ts";

const rig = useCloudflareRig();
const compiler = new Compiler();

let values: Promise<Recorded[]> | undefined;
/** Everything that the scenario recorded. The first test that asks plays it. */
function played(): Promise<Recorded[]> {
  values ??= play();
  return values;
}

async function play(): Promise<Recorded[]> {
  const exchanges: Exchange[] = [];
  vi.stubGlobal("fetch", recording(fetch, exchanges));
  await playScenario(rig()).finally(() => vi.unstubAllGlobals());
  return exchanges.flatMap(recorded);
}

let judged: Judged | undefined;
async function verdict(): Promise<Judged> {
  judged ??= judge(compiler, await played());
  return judged;
}

test("every request and every answer has the SDK's type", async () => {
  const { differing, clean } = await verdict();
  settle("Cloudflare's SDK types", { tried: clean.length, differing });
});

/** The routes of a part of the API, under the names of the operations. */
function routesOf(base: string, { routes }: Pick<Hono, "routes">): string[] {
  return routes.map(({ method, path }) => `${method} ${base}${path.replace(/\/$/, "")}`);
}

test("every operation that the loopback serves is judged, in success and in refusal", async () => {
  const { state } = rig().cloud.cloudflare;
  const served = [
    ...routesOf("/zones", zonesApi(state)),
    ...routesOf("/accounts/:account_id/cfd_tunnel", tunnelsApi(state)),
    ...routesOf("/zones/:zone_id/dns_records", dnsApi(state)),
  ];
  expect(Object.keys(OPERATIONS).sort()).toEqual(served.sort());
  const seen = (await played()).filter(({ side, type }) => side === "answer" && type !== "Refusal");
  expect([...new Set(seen.map(({ operation }) => operation))].sort()).toEqual(served);
  const codes = (await played()).filter(({ type }) => type === "Refusal").flatMap(({ value }) => codesOf(value));
  expect([...new Set(codes)].sort()).toEqual(
    [1003, 1004, 1056, 10000, 10001, 7003, 81044, 81053, 81058, 9005, 9106, 9109, 971].sort(),
  );
});

function codesOf(refusal: unknown): unknown[] {
  const errors = isMap(refusal) ? refusal.errors : [];
  return Array.isArray(errors) ? errors.map((error) => (isMap(error) ? error.code : error)) : [];
}

/** The members of the SDK's type that a value of it never has. */
function absentMembers(recordings: readonly Recorded[]): string[] {
  const answers = recordings.filter(({ side }) => side === "answer");
  const present = new Set(answers.flatMap(({ value }) => membersOf(value, [])));
  const known = [...new Set(answers.map(({ type }) => type))].flatMap((type) => compiler.members(type));
  return [...new Set(known.map((name) => nameOf(name.split("."))))].filter((name) => !present.has(name));
}

function membersOf(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => membersOf(item, path));
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    nameOf([...path, name]),
    ...membersOf(member, [...path, name]),
  ]);
}

const isExcused = (name: string) => Object.keys(ABSENT).some((known) => name === known || name.startsWith(`${known}.`));

test("every member of the SDK's types stands in an answer, or has a reason not to", async () => {
  const absent = absentMembers(await played());
  expect(absent.filter((name) => !isExcused(name))).toEqual([]);
  expect(Object.keys(ABSENT).filter((known) => !absent.includes(known))).toEqual([]);
});

test("an answer that loses a member is found", async () => {
  const answers = await played();
  const lost = ["version", "status", "proxiable", "comment_modified_on", "total_pages", "account"].filter((name) => {
    const without = answers.map((answer) => ({ ...answer, value: withoutMember(answer.value, name) }));
    return absentMembers(without).some((absent) => absent === name || absent.endsWith(`.${name}`));
  });
  // The SDK does not know the number of pages.
  expect(lost).toEqual(["version", "status", "proxiable", "comment_modified_on", "account"]);
});

function withoutMember(value: unknown, name: string): unknown {
  return JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === name ? undefined : member)));
}

/** The members with a fixed set of texts. */
const ENUMERATED = ["config_src", "status", "tun_type", "source", "type"];

/** Mutations that the types cannot find, with the reason. */
const WEAK: readonly (readonly [mutation: RegExp, reason: string])[] = [
  [/^another text for (?!(config_src|status|tun_type|source|type)$)/, "the type is any text"],
  [/ metadata$/, "the SDK's type of a tunnel's metadata is unknown"],
];

test("every wrong member, name, type, enumerated text and status is found", async () => {
  const mutants = distinct((await verdict()).clean).flatMap(mutantsOf);
  const problems = new Set(compiler.problems(mutants).map(({ index }) => index));
  const missed = mutants.filter((_, index) => !problems.has(index)).map(({ mutation }) => mutation);
  process.stdout.write(
    `Cloudflare's SDK types: ${mutants.length} mutants, ${problems.size} found, ${missed.length} beyond the types\n`,
  );
  expect(missed.filter((mutation) => !WEAK.some(([known]) => known.test(mutation)))).toEqual([]);
  expect(WEAK.filter(([known]) => !missed.some((mutation) => known.test(mutation)))).toEqual([]);
  const enumerated = mutants.filter(
    ({ mutation, type }) => type !== "Refusal" && mutation.startsWith("another text for "),
  );
  const names = enumerated.map(({ mutation }) => mutation.replace("another text for ", ""));
  expect(ENUMERATED.filter((name) => !names.includes(name))).toEqual([]);
  for (const part of ["a member more in ", "another name for ", "a text for ", "a number for ", "status "]) {
    expect(mutants.filter(({ mutation }) => mutation.startsWith(part)).length).toBeGreaterThan(20);
  }
});

/** The values, without those that have the shape of another. */
function distinct(recordings: readonly Recorded[]): Recorded[] {
  const shape = (_key: string, value: unknown) => (typeof value === "string" ? "" : value);
  return [...new Map(recordings.map((one) => [one.type + JSON.stringify(one.value, shape), one])).values()];
}
