import { expect, test } from "vitest";
import { validConfig } from "../testing/arbitrary-manifest.ts";
import { configWith, refusal, SOURCE } from "../testing/config.ts";
import { environmentFile, HandlerEnvironment, parseEnvironmentFile } from "./environment.ts";
import { parseConfig } from "./parse.ts";

const SECRETS = [
  "DATABASE_URL",
  "OPENCLAW_HOOK_TOKEN",
  "OUTBOUND_TOKEN",
  "DISCORD_OPS_WEBHOOK",
  "SUPABASE_SERVICE_ROLE_KEY",
];

test.each(Object.keys(HandlerEnvironment.shape))(
  "a plain %s is accepted if it is not a secret, and never shown",
  (name) => {
    const plain = "postgres://hub:0123456789abcdef@127.0.0.1/hub";
    const message = refusal({ [`environment.${name}`]: plain, "handler.port": undefined });
    expect(message.includes(`hub:environment.${name}: expected a 1Password reference`)).toBe(SECRETS.includes(name));
    expect(message).not.toContain("0123456789abcdef");
  },
);

const BUCKET = {
  "environment.RECORDINGS_FOLDER": undefined,
  "environment.SUPABASE_URL": "https://abcdefghijklmnopqrst.supabase.co",
  "environment.SUPABASE_SERVICE_ROLE_KEY": "op://Aurora/supabase/service-key",
  "environment.RECORDINGS_BUCKET": "recordings",
};

test("a bucket replaces the folder, and all its variables are required", () => {
  expect(parseConfig(configWith(BUCKET), SOURCE)).toEqual(configWith(BUCKET));
  for (const name of Object.keys(BUCKET).slice(1)) {
    expect(refusal({ ...BUCKET, [name]: undefined })).toContain(`: hub:${name}: missing; set it`);
  }
  const folder = { ...BUCKET, "environment.RECORDINGS_FOLDER": "/recordings" };
  expect(refusal(folder)).toContain("hub:environment.RECORDINGS_FOLDER: expected this or SUPABASE_URL, ");
});

test("all missing keys are named at once, also that for recordings", () => {
  const names = [...refusal({ environment: {} }).matchAll(/hub:environment\.(\w+): missing; set it/g)];
  expect(names.map(([, name]) => name)).toEqual([
    "DATABASE_URL",
    "OPENCLAW_URL",
    "OPENCLAW_HOOK_TOKEN",
    "OUTBOUND_TOKEN",
    "DISCORD_OPS_WEBHOOK",
    "SPOOL_FILE",
    "RECORDINGS_FOLDER",
  ]);
});

test.each([
  ["SPOOL_FILE", "spool", "expected an absolute path"],
  ["OP_SERVICE_ACCOUNT_TOKEN_FILE", "./token", "expected an absolute path"],
  ["DATABASE_CA_FILE", "../ca.pem", "expected a path without"],
  ["DATABASE_CA_FILE", "ca.pem\nLOG_LEVEL=error", "expected one line of text"],
  ["OPENCLAW_URL", "http://a\nLOG_LEVEL=error", "expected one line of text"],
  ["OPENCLAW_URL", " http://a", "expected one line of text"],
  ["ANSWER_DEADLINE_MS", 4000, "expected text, in quotes if it is a number; found 4000"],
  ["OP_SERVICE_ACCOUNT_TOKEN", "ops_0123456789", "unknown key"],
])("hub:environment.%s: %j is refused", (name, value, problem) => {
  expect(refusal({ [`environment.${name}`]: value })).toContain(`: hub:environment.${name}: ${problem}`);
});

test("the file holds a line for each variable, sorted, and reads back unchanged", () => {
  const given = { ...HandlerEnvironment.parse(validConfig().environment), LOG_LEVEL: "a=b #c" };
  const file = environmentFile(given);
  expect(file.split("\n").slice(0, 3)).toEqual([
    "DATABASE_URL=op://Aurora/supabase/database-url",
    "DISCORD_OPS_WEBHOOK=op://Aurora/discord/ops-webhook",
    "LOG_LEVEL=a=b #c",
  ]);
  expect(parseEnvironmentFile(file)).toEqual(given);
});
