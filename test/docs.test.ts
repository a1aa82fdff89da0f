import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { HubConfig } from "../hub/config/config.ts";
import { parseConfig } from "../hub/config/parse.ts";
import { tendlcGate } from "../hub/gate/tendlc.ts";
import { PROJECT } from "../tools/cli/paths.ts";
import { readStackConfig, stackFile } from "../tools/stack/stack-config.ts";

const Example = z.record(z.string(), z.unknown());

test("every key of the config is in docs/config.md, and its examples are valid", async () => {
  const page = await readFile(join(PROJECT, "docs", "config.md"), "utf8");
  for (const key of Object.keys(HubConfig.shape)) expect(page).toContain(`\`hub:${key}`);
  const isDocumented = (key: string) => new RegExp(`[\`.]${key}[\`.]|^ +(- )?${key}:`, "m").test(page);
  expect(keysOf(z.toJSONSchema(HubConfig, { io: "input" })).filter((key) => !isDocumented(key))).toEqual([]);

  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => Example.parse(parse(yaml ?? "")));
  expect(examples).toHaveLength(7);
  const { hub } = await readStackConfig(stackFile("loopback"));
  const changes = Object.entries(Object.assign({}, ...examples)).map(([key, value]) => [
    key.replace("hub:", ""),
    value,
  ]);
  const config = parseConfig({ ...hub, ...Object.fromEntries(changes) }, "docs/config.md");
  expect(tendlcGate(config.tendlc, config.owners)).toMatchObject({ open: true });
});

test("each script that a page names exists", async () => {
  const { scripts } = z
    .object({ scripts: Example })
    .parse(JSON.parse(await readFile(join(PROJECT, "package.json"), "utf8")));
  for (const page of [
    "README.md",
    "docs/config.md",
    "docs/routes.md",
    "docs/handler.md",
    "docs/benchmark.md",
    "docs/deferred.md",
    "docs/policies.md",
    "docs/ci.md",
    "docs/deployment.md",
    "docs/engine.md",
    "docs/scale.md",
  ]) {
    const text = await readFile(join(PROJECT, page), "utf8");
    for (const [, script] of text.matchAll(/npm run (?:--silent )?([a-z:-]+)/g))
      expect(Object.keys(scripts)).toContain(script);
  }
});

const JsonSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  items: z.unknown().optional(),
});

/** Every key of a schema's maps below its top, without those of `originRequest`, which are Cloudflare's. */
function keysOf(schema: unknown, depth = 0): string[] {
  const { properties, items } = JsonSchema.parse(schema);
  const inner = Object.entries(properties).flatMap(([key, value]) => [
    ...(depth === 0 ? [] : [key]),
    ...(key === "originRequest" ? [] : keysOf(value, depth + 1)),
  ]);
  return items === undefined ? inner : [...inner, ...keysOf(items, depth + 1)];
}
