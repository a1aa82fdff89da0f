import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { HubConfig } from "../hub/config/config.ts";
import { parseConfig } from "../hub/config/parse.ts";
import { declaredGates } from "../hub/gate/declared-gates.ts";
import { PROJECT } from "../tools/cli/paths.ts";
import { readStackConfig, stackFile } from "../tools/stack/stack-config.ts";
import { projectFiles } from "./support/rules/project-files.ts";

/** Every page of documentation. */
const PAGES = ["README.md", "CONTRIBUTING.md", ...readdirSync(join(PROJECT, "docs")).map((name) => `docs/${name}`)];

const Example = z.record(z.string(), z.unknown());

test("every key of the config is in docs/config.md, and its examples are valid", async () => {
  const page = await readFile(join(PROJECT, "docs", "config.md"), "utf8");
  for (const key of Object.keys(HubConfig.shape)) expect(page).toContain(`\`hub:${key}`);
  const isDocumented = (key: string) => new RegExp(`[\`.]${key}[\`.]|^ +(- )?${key}:`, "m").test(page);
  expect(keysOf(z.toJSONSchema(HubConfig, { io: "input" })).filter((key) => !isDocumented(key))).toEqual([]);

  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => Example.parse(parse(yaml ?? "")));
  expect(examples).toHaveLength(9);
  const { hub } = await readStackConfig(stackFile("loopback"));
  const changes = Object.entries(Object.assign({}, ...examples)).map(([key, value]) => [
    key.replace("hub:", ""),
    value,
  ]);
  const config = parseConfig({ ...hub, ...Object.fromEntries(changes) }, "docs/config.md");
  const gates = Object.values(declaredGates(config));
  expect(gates.map(({ kind, isWhole }) => ({ kind, isWhole }))).toEqual([
    { kind: "local", isWhole: true },
    { kind: "toll-free", isWhole: true },
  ]);
});

test("each script that a page names exists", async () => {
  const { scripts } = z
    .object({ scripts: Example })
    .parse(JSON.parse(await readFile(join(PROJECT, "package.json"), "utf8")));
  for (const page of PAGES) {
    const text = await readFile(join(PROJECT, page), "utf8");
    for (const [, script] of text.matchAll(/npm run (?:--silent )?([a-z:-]+)/g))
      expect(Object.keys(scripts)).toContain(script);
  }
});

/** Every tracked text of the project, except generated files, the fixtures and the changelog. */
function texts(): [file: string, text: string][] {
  return projectFiles((file) => /\.(ts|md|txt|ya?ml|toml|service|timer)$/.test(file))
    .filter((file) => !file.startsWith("test/fixtures/") && file !== "CHANGELOG.md")
    .map((file) => [file, readFileSync(join(PROJECT, file), "utf8")]);
}

/** The anchors of a page: its own, and the one that GitHub makes for each heading. */
function anchorsOf(page: string): string[] {
  const set = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id);
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return [...set, ...headings];
}

test("each section of the domain document that a text refers to exists", async () => {
  const anchors = anchorsOf(await readFile(join(PROJECT, "docs", "domain.md"), "utf8"));
  const cited = texts().flatMap(([file, text]) =>
    [...text.matchAll(/docs\\?\/domain\\?\.md#([a-z0-9-]+)/g)].map(([, anchor = ""]) => ({ file, anchor })),
  );
  expect(cited.length).toBeGreaterThan(50);
  expect(cited.filter(({ anchor }) => !anchors.includes(anchor))).toEqual([]);
});

test("each file of the project that a page names exists, and each link leads somewhere", async () => {
  for (const page of PAGES) {
    const text = await readFile(join(PROJECT, page), "utf8");
    const named = [
      ...text.matchAll(/`((?:hub|infra|handlers|policies|tools|loopback|test|bench|docs)\/[\w./-]+\.\w+)`/g),
    ];
    // NAME and FOLDER stand for the reader's own.
    for (const [, file = ""] of named.filter(([path]) => !/NAME|FOLDER/.test(path)))
      expect([page, file, existsSync(join(PROJECT, file))]).toEqual([page, file, true]);
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      expect([page, link, existsSync(join(PROJECT, target))]).toEqual([page, link, true]);
      if (anchor === undefined) continue;
      expect([page, anchorsOf(await readFile(join(PROJECT, target), "utf8"))]).toEqual([
        page,
        expect.arrayContaining([anchor]),
      ]);
    }
  }
});

const JsonSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  items: z.unknown().optional(),
});

/** Every key of a schema below its top level, without those of `originRequest`, which are Cloudflare's. */
function keysOf(schema: unknown, depth = 0): string[] {
  const { properties, items } = JsonSchema.parse(schema);
  const inner = Object.entries(properties).flatMap(([key, value]) => [
    ...(depth === 0 ? [] : [key]),
    ...(key === "originRequest" ? [] : keysOf(value, depth + 1)),
  ]);
  return items === undefined ? inner : [...inner, ...keysOf(items, depth + 1)];
}
