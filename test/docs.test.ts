import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { HubConfig } from "../hub/config.ts";
import { parseConfig } from "../hub/parse-config.ts";
import { tendlcGate } from "../hub/tendlc.ts";
import { PROJECT } from "../tools/paths.ts";
import { readStackConfig, stackFile } from "../tools/stack-config.ts";

const Example = z.record(z.string(), z.unknown());

test("every key of the config is in docs/config.md, and its examples are valid", async () => {
  const page = await readFile(join(PROJECT, "docs", "config.md"), "utf8");
  for (const key of Object.keys(HubConfig.shape)) expect(page).toContain(`\`hub:${key}`);

  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => Example.parse(parse(yaml ?? "")));
  expect(examples).toHaveLength(2);
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
  for (const page of ["README.md", "docs/config.md", "docs/routes.md", "docs/deferred.md"]) {
    const text = await readFile(join(PROJECT, page), "utf8");
    for (const [, script] of text.matchAll(/npm run (?:--silent )?([a-z:]+)/g))
      expect(Object.keys(scripts)).toContain(script);
  }
});
