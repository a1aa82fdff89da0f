/** The Rules and Settings of `hub:signing`: a resource of the stack, which never gets ahead of the running release. */
import { mkdir, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signingWith } from "../../hub/testing/signing.ts";
import { placeSetting, placeSharedKey } from "../../loopback/twilio/configuration/make.ts";
import { type LoopbackMachine, makeLoopbackMachine } from "../../tools/loopback/machine.ts";
import { previewSteps } from "../../tools/plan/preview-json.ts";
import { type LocalPostgres, startPostgres } from "../../tools/postgres/postgres.ts";
import { outputOf, useLoopbackStack } from "../support/engine.ts";

const TODAY = new Date().toISOString().slice(0, 10);
const FROM = "2026-01-01T00:00:00Z";
const SIGNING = signingWith({ authToken: "accept", "keys.0.from": FROM });
const URLS = 8;

const stack = useLoopbackStack();
let postgres: LocalPostgres;
let machine: LoopbackMachine;
beforeAll(async () => {
  postgres = await startPostgres();
  machine = await makeLoopbackMachine(stack(), await postgres.createDatabase("hub"));
});
afterAll(async () => {
  machine.close();
  await postgres.close();
});

const configuration = () => stack().cloud.twilio.state.webhooks;
const rules = () => [...configuration().applied().rules.values()];
const settings = () => [...configuration().saved.settings.values()];
const declare = (signing: Record<string, unknown> | undefined) =>
  stack().editConfig((config) => {
    config["hub:signing"] = signing;
    if (signing === undefined) delete config["hub:signing"];
  });
const run = (verb: string) => stack().pulumi([verb], machine.options);

test("Rules wait for the release that accepts their key: an up makes them once it runs", async () => {
  await declare(SIGNING);
  const refused = await stack().bareUp(machine.options);
  expect(refused.code, outputOf(refused)).not.toBe(0);
  expect(outputOf(refused)).toContain("no release runs that accepts its key; authorise the staged release first");
  expect([rules(), settings()]).toEqual([[], []]);

  const [release] = (await readdir(stack().releases)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  await stack().editConfig((config) => {
    config["hub:authorisation"] = { release: `sha256:${release}`, by: "Henry Hill", on: TODAY };
  });
  const shown = await stack().pulumi(["preview", "--json"], machine.options);
  expect(previewSteps(shown.stdout).map(({ op, name }) => `${op} ${name}`)).toContain("create signing");
  const up = await stack().bareUp(machine.options);
  expect(up.code, outputOf(up)).toBe(0);
  expect(rules()).toHaveLength(URLS);
  expect((await run("drift")).code).toBe(0);
});

test("an authorisation of a release that would refuse the webhooks as Twilio signs them stops a preview and an up", async () => {
  const before = await readFile(stack().configFile, "utf8");
  const current = await readlink(join(stack().releases, "current"));
  const earlier = "b".repeat(64);
  await mkdir(join(stack().releases, earlier));
  await stack().editConfig((config) => {
    config["hub:authorisation"] = { release: `sha256:${earlier}`, by: "Henry Hill", on: TODAY };
  });
  for (const result of [await run("preview"), await stack().bareUp(machine.options)]) {
    expect(result.code).not.toBe(0);
    expect(outputOf(result)).toContain(`sha256:${earlier} would answer 403`);
    expect(outputOf(result)).toContain("(8 URLs, like https://");
    expect(outputOf(result)).toContain("take the key out of the Rules");
  }
  expect(await readlink(join(stack().releases, "current"))).toBe(current);
  await writeFile(stack().configFile, before);
  await rm(join(stack().releases, earlier), { recursive: true });
});

test("a Rule of the hub's that somebody changed is drift, named, and put right by an up", async () => {
  const { id: sharedKeyId } = placeSharedKey(configuration(), "theirs");
  const signature = { type: "SHARED_KEY" as const, sharedKeyId, algorithm: "HMAC_SHA256" as const };
  const auth = { source: "INLINE" as const, value: { scheme: "NONE" as const } };
  const theirs = placeSetting(configuration(), { auth, signature });
  const [rule] = rules();
  const [own] = rule?.settings ?? [];
  if (rule === undefined || own === undefined) throw new Error("no Rule is live");
  const shares = [
    { ...own, percentage: 99 },
    { settingId: theirs.id, percentage: 1 },
  ];
  configuration().place((resources) => resources.rules.set(rule.id, { ...rule, settings: shares }));
  const drift = await run("drift");
  expect(drift.code, outputOf(drift)).toBe(7);
  expect(outputOf(drift)).toContain(`1 % of the webhooks are signed with the key ${sharedKeyId}`);
  expect(outputOf(drift)).toContain("not as declared");
  await stack().apply(machine.options);
  expect(rules().map((live) => live.settings)).toEqual(rules().map(() => [own]));
});

test("a Rule with a key that the running release does not accept is refused, and the others stay", async () => {
  const { id } = placeSharedKey(configuration(), "second");
  const [key] = SIGNING.keys;
  const [first] = SIGNING.settings;
  const before = [rules(), settings()];
  await declare({
    ...SIGNING,
    keys: [key, { ...Object(key), id }],
    settings: [first, { name: "second", key: id }],
    rules: [
      {
        urls: "all",
        settings: [
          { setting: "first", percentage: 95 },
          { setting: "second", percentage: 5 },
        ],
      },
    ],
  });
  const refused = await stack().bareUp(machine.options);
  expect(refused.code).not.toBe(0);
  expect(outputOf(refused)).toContain(`the running release does not accept the key ${id}`);
  expect([rules(), settings()]).toEqual(before);
});

test("what leaves the config leaves Twilio, and only that", async () => {
  await declare({ ...SIGNING, rules: [], settings: [] });
  const others = settings().filter(({ friendlyName }) => !friendlyName?.startsWith("twilio-hub "));
  const drift = await run("drift");
  expect(drift.code, outputOf(drift)).toBe(7);
  await stack().apply(machine.options);
  expect(rules()).toEqual([]);
  expect(settings()).toEqual(others);
  await declare(undefined);
  await stack().apply(machine.options);
  expect(settings()).toEqual(others);
});
