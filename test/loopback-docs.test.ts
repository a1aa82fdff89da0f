import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LoopbackCloud, startLoopbackCloud } from "../loopback/cloud.ts";
import { loopbackConfig } from "../loopback/testing.ts";
import { BIN_FOLDER } from "../loopback/vault.ts";
import { PROJECT } from "../tools/cli/paths.ts";
import { OPERATIONS } from "./foreign/twilio-openapi/judge/documents.ts";

/** The host of an API that no document has yet. */
const CONFIGURATION = "webhooks.twilio.com";
const PAGE = readFileSync(join(PROJECT, "docs", "loopback.md"), "utf8");

let cloud: LoopbackCloud;

beforeAll(async () => {
  cloud = await startLoopbackCloud({ config: loopbackConfig(18797) });
});

afterAll(() => cloud.close());

/** The rows of the table in a section. */
function rowsOf(section: string): string[] {
  const text = PAGE.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  return [...text.matchAll(/^\| (`.+) \|$/gm)].map(([, row = ""]) => row);
}

/** A path with the same text for each parameter. */
const shapeOf = (path: string) => path.replaceAll(/\{\w+\}|:\w+/g, "*");

test("Twilio's table has each route, with its operation in the documents", () => {
  const documented = cloud.twilio.routes.filter(({ host }) => host !== CONFIGURATION);
  const rows = documented.map(({ host, method, path }) => {
    const whole = host === "api.twilio.com" ? `${path}.json` : path;
    const operation = OPERATIONS.find(
      (known) => known.host === host && known.method === method && shapeOf(known.path) === shapeOf(whole),
    );
    return `\`${method} ${host}${whole}\` | ${operation?.operationId}`;
  });
  expect(rowsOf("Twilio").sort()).toEqual(rows.sort());
});

test("the table of Twilio's Webhooks configuration has each route", () => {
  const served = cloud.twilio.routes.filter(({ host }) => host === CONFIGURATION);
  const rows = served.map(({ host, method, path }) => `\`${method} ${host}${path}\``);
  expect(rows.length).toBeGreaterThan(0);
  expect(rowsOf("Twilio's Webhooks configuration").sort()).toEqual(rows.sort());
});

test.each([
  ["Cloudflare", "cloudflare"],
  ["Supabase Storage", "storage"],
  ["Discord", "discord"],
  ["OpenClaw", "openclaw"],
] as const)("the table of %s has each route", (section, vendor) => {
  const rows = cloud[vendor].routes.map(({ method, path }) => `\`${method} ${path}\``);
  expect(rows.length).toBeGreaterThan(0);
  expect(rowsOf(section).sort()).toEqual(rows.sort());
});

test.each([
  ["Tailscale", "tailscale"],
  ["1Password", "op"],
])("the table of %s has each command that its stand-in declares", (section, program) => {
  const [, header = ""] = /\/\*\*(.*?)\*\//s.exec(readFileSync(join(BIN_FOLDER, program), "utf8")) ?? [];
  const commands = header.replaceAll(/\n \* /g, " ").matchAll(new RegExp(`\`(${program} [^\`]+)\``, "g"));
  const declared = [...commands].map(([, command = ""]) => command);
  expect(declared.length).toBeGreaterThan(2);
  expect(
    rowsOf(section)
      .map((row) => row.replaceAll("\\|", "|"))
      .sort(),
  ).toEqual(declared.map((command) => `\`${command}\``).sort());
});
