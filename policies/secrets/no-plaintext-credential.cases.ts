import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc.js";
import type { PolicyCase } from "../testing/cases.ts";
import { hub, number, stagedRelease } from "../testing/hub.ts";
import { resource, secret, UNKNOWN } from "../testing/resource.ts";

const TOKEN = "0123456789abcdef".repeat(2);
const PROVIDER = "pulumi:providers:twilio";
const SIGNED = { [specialSigKey]: specialSecretSig, ciphertext: "AAABAA==", plaintext: `"${TOKEN}"` };

/** Made up, and put together here, so that no secret scanner reports a leak. */
const TUNNEL_TOKEN = Buffer.from(
  JSON.stringify({ a: TOKEN, t: "6ff42ae2-765d-4adf-8112-31c55c1551ef", s: TOKEN }),
).toString("base64");
const VENDORS = {
  "a Tailscale key": ["tskey", "auth", "kAbC1dEfCNTRL", "1234abcdEFGH"].join("-"),
  "an AWS access key's ID": ["AKIA", "IOSFODNN7EXAMPLE"].join(""),
  "a Pulumi access token": ["pul", "a1b2c3d4".repeat(5)].join("-"),
  "a Supabase access token": ["sbp", "a1b2c3d4".repeat(5)].join("_"),
};

const provider = (
  name: string,
  props: Readonly<Record<string, unknown>>,
  violates: RegExp | undefined,
): PolicyCase => ({
  name,
  resources: [resource(PROVIDER, props)],
  violates,
});

/** The cases of the policy no-plaintext-credential. */
export const cases: readonly PolicyCase[] = [
  { name: "the hub's own", resources: [hub(), number(), stagedRelease()], violates: undefined },
  provider("marked credentials", { username: secret(`AC${TOKEN}`), password: secret(TOKEN) }, undefined),
  provider(
    "a credential in a marked value",
    { config: secret({ tokens: [TOKEN], nested: { password: TOKEN } }) },
    undefined,
  ),
  provider("a marked item of a list", { tokens: [secret(TOKEN)] }, undefined),
  provider("a mark of an exported state", { password: SIGNED }, undefined),
  provider(
    "a mark of an exported state on a text that looks like a credential",
    { password: { ...SIGNED, plaintext: "Bearer abcdefgh1234" } },
    undefined,
  ),
  provider("nothing", { password: null, tokens: [null] }, undefined),
  provider("a short password", { password: "Tr0ub4dor&3" }, /^subject\.password: holds a credential, by its name/),
  provider("a plain word as a password", { password: "changeme" }, undefined),
  provider("a value that is not known yet", { password: UNKNOWN }, undefined),
  provider("a reference to the vault", { password: "op://Aurora/twilio/auth-token" }, undefined),
  provider(
    "a credential in plain text",
    { password: TOKEN },
    /^subject\.password: holds a credential, by its name and its look \(not shown\) and is not marked secret; mark it with pulumi\.secret \(docs\/domain\.md#no-plaintext-credentials\)$/,
  ),
  provider(
    "a credential beside a marked one",
    { password: secret(TOKEN), passwordOld: TOKEN },
    /^subject\.passwordOld: holds/,
  ),
  provider("a credential beside a marked item", { tokens: [secret(TOKEN), TOKEN] }, /^subject\.tokens\[1\]: holds/),
  provider(
    "an account SID in plain text",
    { username: `AC${TOKEN}` },
    /^subject\.username: holds a Twilio account SID/,
  ),
  provider(
    "a credential deep in a value",
    { a: [{ b: "postgres://hub:hunter2@db.example.com/hub" }] },
    /^subject\.a\[0\]\.b: holds a URL with a password/,
  ),
  provider(
    "a tunnel's token in a neutral property",
    { comment: `cloudflared service install ${TUNNEL_TOKEN}` },
    /^subject\.comment: holds a Cloudflare tunnel's token \(not shown\)/,
  ),
  provider("the same token, marked", { comment: secret(TUNNEL_TOKEN) }, undefined),
  ...Object.entries(VENDORS).map(([what, value]) =>
    provider(`${what} in a neutral property`, { comment: value }, new RegExp(`^subject\\.comment: holds ${what} `)),
  ),
  {
    name: "a resource whose namesake is marked",
    resources: [
      resource(PROVIDER, { password: secret(TOKEN) }, { name: "one" }),
      resource(PROVIDER, { password: TOKEN }, { name: "two" }),
    ],
    violates: /^two\.password: holds/,
  },
  provider(
    "another vault",
    { password: "op://Private/twilio/auth-token" },
    /^subject\.password: refers to the 1Password vault "Private"; move the item to "Aurora", and refer to it there \(docs\/domain\.md#/,
  ),
  provider(
    "another vault, marked",
    { password: secret("op://Private/twilio/auth-token") },
    /^subject\.password: refers to the 1Password vault "Private"/,
  ),
  {
    name: "a credential in the config",
    resources: [hub()],
    config: { "voice.texts.greeting": "Bearer abcdefgh1234" },
    violates:
      /^hub:voice\.texts\.greeting: holds a bearer token \(not shown\); put it into 1Password and refer to it with op:\/\/Aurora\/… \(docs\/domain\.md#/,
  },
  {
    name: "a credential among the engine's own keys",
    resources: [hub()],
    engineConfig: { "pulumi:tags": JSON.stringify({ owner: "ops", apikey: TOKEN }) },
    violates: /^pulumi:tags\.apikey: holds a credential, by its name and its look \(not shown\); put it into 1Password/,
  },
  {
    name: "a credential as the text of an engine's key",
    resources: [hub()],
    engineConfig: { "pulumi:token": TOKEN },
    violates: /^pulumi:token: holds a credential/,
  },
  {
    name: "the engine's keys without a credential",
    resources: [hub()],
    engineConfig: { "pulumi:tags": '{"owner":"ops"}', "pulumi:token": "7", "pulumi:disable": "true" },
    violates: undefined,
  },
  {
    name: "another vault in the config",
    resources: [hub()],
    config: { "twilio.authToken": "op://Private/twilio/auth-token" },
    violates: /^hub:twilio\.authToken: refers to the 1Password vault "Private"/,
  },
  {
    name: "the config, at a resource that is not the hub's",
    resources: [number()],
    config: { "twilio.authToken": "op://Private/twilio/auth-token" },
    violates: undefined,
  },
];
