import { expect, test } from "vitest";
import { credentialIn, foreignVault } from "./credentials.ts";

const HEX = "0123456789abcdef".repeat(2);

/** Names of credentials. */
const NAMES = [
  ...[
    "TWILIO_AUTHTOKEN",
    "authtoken",
    "apikey",
    "APIKEY",
    "api_keys",
    "token1",
    "signingKey",
    "accessKey",
    "pwd",
    "auth",
  ],
  ...["SUPABASE_SERVICE_ROLE_KEY", "encryptionKey", "clientSecret2"],
];

/** Joins the parts here, so that no secret scanner reports the test as a leak. */
const joined = (...parts: string[]) => parts.join("");

/** A tunnel's token with its keys in an order. */
function tunnelToken(keys: readonly ("a" | "t" | "s")[]): string {
  const values = { a: HEX, t: "6ff42ae2-765d-4adf-8112-31c55c1551ef", s: Buffer.from(HEX).toString("base64") };
  return Buffer.from(JSON.stringify(Object.fromEntries(keys.map((key) => [key, values[key]])))).toString("base64");
}

test.each([
  ["text", "-----BEGIN RSA PRIVATE KEY-----\nabc", "a private key"],
  ["text", "-----BEGIN PRIVATE KEY-----", "a private key"],
  ["url", "https://discord.com/api/webhooks/1234/abc-DEF_1", "a Discord webhook's URL"],
  ["url", "https://canary.discordapp.com/api/v10/webhooks/1234/abc", "a Discord webhook's URL"],
  ["url", joined("https://hooks.slack.com/", "services/T0/B0/x"), "a Slack webhook's URL"],
  ["header", "authorization: Bearer abcdefgh", "a bearer token"],
  ["header", "Basic QUNhYmM6c2VjcmV0c2VjcmV0", "basic credentials"],
  ["text", joined("ops_", "eyJzaWduSW5BZGRyZXNzIjoi"), "a 1Password service account's token"],
  ["database", "postgres://hub:hunter2@db.example.com/hub", "a URL with a password"],
  ["text", joined("ghp_", "a1".repeat(18)), "a GitHub token"],
  ["text", joined("github_pat_", "a1".repeat(18)), "a GitHub token"],
  ["text", joined("xoxb-", "123456789012-abc"), "a Slack token"],
  ["text", joined("sb_secret_", "abcdefghijk"), "a Supabase key"],
  ["text", "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZSJ9.c2ln", "a JSON Web Token"],
  ["comment", tunnelToken(["a", "t", "s"]), "a Cloudflare tunnel's token"],
  ["comment", tunnelToken(["a", "s", "t"]), "a Cloudflare tunnel's token"],
  ["comment", tunnelToken(["s", "t", "a"]), "a Cloudflare tunnel's token"],
  ["create", `sudo cloudflared service install ${tunnelToken(["a", "t", "s"])}`, "a Cloudflare tunnel's token"],
  ["create", `cloudflared tunnel run --token ${tunnelToken(["t", "a", "s"])} reri-api`, "a Cloudflare tunnel's token"],
  ["comment", joined("cfut_", "aB3".repeat(14), "0a1b2c"), "a Cloudflare API token"],
  ["comment", joined("cfat_", "aB3".repeat(14), "0a1b2c"), "a Cloudflare API token"],
  ["comment", joined("cfk_", "aB3".repeat(14), "0a1b2c"), "a Cloudflare API token"],
  ["comment", joined("v1.0-", "a1b2".repeat(6), "-", "c3".repeat(73)), "a Cloudflare Origin CA key"],
  ["comment", joined("tskey-", "auth-kAbC1dEfCNTRL-1234abcdEFGH"), "a Tailscale key"],
  ["comment", joined("tskey-", "api-abcDEF1CNTRL-091234567890ABCDEF"), "a Tailscale key"],
  ["create", joined("tailscale up --authkey=tskey-", "client-kAbC1CNTRL-abc?ephemeral=true"), "a Tailscale key"],
  ["comment", joined("tskey-", "k12345abcdef"), "a Tailscale key"],
  ["comment", joined("AKIA", "IOSFODNN7EXAMPLE"), "an AWS access key's ID"],
  ["comment", joined("s3://", "ASIA", "IOSFODNN7EXAMPLE", "@state"), "an AWS access key's ID"],
  ["comment", joined("pul-", "a1b2c3d4".repeat(5)), "a Pulumi access token"],
  ["create", joined("pulumi login; echo pul-", "a1b2c3d4".repeat(5)), "a Pulumi access token"],
  ["comment", joined("sbp_", "a1b2c3d4".repeat(5)), "a Supabase access token"],
  ["comment", joined("sbp_", "oauth_", "a1b2c3d4".repeat(5)), "a Supabase access token"],
  ["comment", joined("A3-", "ABC123-DEF456-GHJ78-KLM90-NPQ12-RST34"), "a 1Password secret key"],
  ["comment", joined("npm_", "aB3".repeat(12)), "an npm token"],
  ["comment", joined("pat-", "na1-01234567-89ab-cdef-0123-456789abcdef"), "a HubSpot access token"],
  ["text", joined("AC", HEX), "a Twilio account SID"],
  ["text", joined("AC", HEX, "_", "x"), "a Twilio account SID"],
  ["text", joined("user=SK", HEX), "a Twilio API key's SID"],
  ["text", joined("-----BEGIN PGP PRIVATE KEY BLOCK", "-----"), "a private key"],
  ["header", "Bearer ABCDEFGHIJKLMNOPQRSTUVWXYZ", "a bearer token"],
  ["password", "Tr0ub4dor&3", "a credential, by its name"],
  ["DB_PASSWORD", "correct-horse!", "a credential, by its name"],
  ["apiSecret", "x!7$kd)2%lm&9@pq#4z_0", "a credential, by its name"],
  ["create", `curl -u user:${HEX} https://example.com`, "a text with a credential in it"],
  ["create", `twilio login --auth ${HEX}`, "a text with a credential in it"],
  ["create", `run --api-key="${HEX}"`, "a text with a credential in it"],
  ["create", `export TWILIO_AUTH=${HEX}`, "a text with a credential in it"],
  ["create", "export PGPASSWORD='Tr0ub4dor&3'", "a text with a credential in it"],
  ["authToken", HEX, "a credential, by its name"],
  ["AUTH_TOKEN", HEX, "a credential, by its name"],
  ["password", HEX, "a credential, by its name"],
  ["apiKeySecret", "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE", "a credential, by its name"],
  ["cloudflare-api-token", "v1_abcdefghijklmnopqrstuvwxyz0123456789AB", "a credential, by its name"],
  ["create", `export TWILIO_AUTH_TOKEN=${HEX}; run`, "a text with a credential in it"],
  ["body", `{"password": "${HEX}"}`, "a text with a credential in it"],
])("%s: %j", (name, value, what) => {
  expect(credentialIn(name, value)).toContain(what);
});

test.each(NAMES)("%s is the name of a credential", (name) => {
  expect(credentialIn(name, HEX)).toBe("a credential, by its name and its look");
});

test.each([
  ["authToken", "op://Aurora/twilio/auth-token"],
  ["authToken", ""],
  ["authToken", "from the vault"],
  ["accountId", HEX],
  ["tunnelId", "6ff42ae2-765d-4adf-8112-31c55c1551ef"],
  ["sid", `PN${HEX}`],
  ["HUB_RELEASE", "a1".repeat(32)],
  ["HUB_GATE_MAC", "a1".repeat(32)],
  ["manifestDigest", `sha256:${"a1".repeat(32)}`],
  ["url", "https://webhook.reri.co/voice/webhook"],
  ["url", "http://127.0.0.1:18980/client/v4"],
  ["secretName", "the-name-of-a-kubernetes-secret"],
  ["author", HEX],
  ["text", "a key that begins with tskey-auth or tskey-webhook, and its variable TS_AUTHKEY"],
  ["text", "an ID of AWS begins with AKIA or ASIA; ASIANMARKETRESEARCHGROUP is a name"],
  ["text", "the prefixes pul-, sbp_, cfut_, npm_ and pat-na1- are known"],
  ["comment", Buffer.from(JSON.stringify({ a: 1, t: 2 })).toString("base64")],
  ["image", "pulp-0123456789abcdef0123456789abcdef01234567"],
  ["content", "6ff42ae2-765d-4adf-8112-31c55c1551ef.cfargotunnel.com"],
  ["text", "the bearer of bad news; a basic rule"],
  ["text", "requires Bearer authentication"],
  ["text", "Basic Telecommunications, basic authenticationscheme"],
  ["authDomain", "reri1-team.cloudflareaccess.com"],
  ["auth", "reri1-team.cloudflareaccess.com"],
  ["webhookSecretName", "salesmsg-webhook-secret-2026"],
  ["OP_SERVICE_ACCOUNT_TOKEN_FILE", "/etc/twilio-hub/op-service-account-token-1"],
  ["passwordPolicy", "strong-and-long-1"],
  ["password", "op://Aurora/twilio/auth-token-2"],
  ["password", "changeme"],
  ["password", "$DB_PASSWORD_1"],
  ["tokenUrl", "https://login.example.com/oauth2/token"],
  ["secret", "/run/secrets/twilio-hub-0001"],
  ["create", 'password="$1"; token=$TOKEN_1; curl -u "$USER:$TOKEN" --key /etc/ssl/private/hub-2026.pem'],
  ["create", "mkdir -p /opt/twilio-hub/releases-2026"],
])("%s: %j is not a credential", (name, value) => {
  expect(credentialIn(name, value)).toBeUndefined();
});

test.each([
  ["op://Aurora/twilio/auth-token", undefined],
  ["op read 'op://Aurora/a/b' 'op://Aurora/c/d'", undefined],
  ["no reference", undefined],
  ["op://Private/twilio/auth-token", "Private"],
  ["op://aurora/twilio/auth-token", "aurora"],
  ["op read 'op://Aurora/a/b' 'op://Other/c/d'", "Other"],
  ["OP://Private/a/b", "Private"],
  ["op:///a/b", ""],
])("%s refers to the vault %s", (text, vault) => {
  expect(foreignVault(text)).toBe(vault);
});
