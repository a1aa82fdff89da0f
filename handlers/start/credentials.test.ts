import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Signing } from "../../hub/config/signing.ts";
import type { Changes } from "../../hub/testing/config.ts";
import { signingWith } from "../../hub/testing/signing.ts";
import { CREDENTIALS, TOKEN, testManifest } from "../testing/manifest.ts";
import { resolveCredentials } from "./credentials.ts";
import { gateFileKeys, validTokens } from "./validity.ts";

const REFERENCES = {
  accountSid: "op://Aurora/twilio/account-sid",
  authToken: "op://Aurora/twilio/auth-token",
};
const PREVIOUS = "op://Aurora/twilio/auth-token-before";
const { secrets } = testManifest({ twilio: REFERENCES });
const rotating = testManifest({
  twilio: { ...REFERENCES, previousAuthToken: { reference: PREVIOUS, until: "2026-06-30" } },
}).secrets;
/** The last moment of that day, and the first of the next. */
const LAST = new Date("2026-06-30T23:59:59.999Z");
const END = new Date("2026-07-01T00:00:00.000Z");
const { accountSid } = CREDENTIALS;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "op-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Puts a stand-in for `op` first on PATH. It refuses `op inject`, and answers `op read` with a shell command for each reference. */
function vault(commands: { accountSid: string; authToken: string; previous?: string }): void {
  const file = join(folder, "op");
  writeFileSync(
    file,
    `#!/bin/sh
case "$*" in
  "read --no-newline ${secrets.accountSid}") ${commands.accountSid} ;;
  "read --no-newline ${secrets.authToken}") ${commands.authToken} ;;
  "read --no-newline ${PREVIOUS}") ${commands.previous ?? "exit 64"} ;;
  *) exit 64 ;;
esac
`,
  );
  chmodSync(file, 0o755);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
}

describe("resolveCredentials", () => {
  it("reads each reference through op", async () => {
    vault({ accountSid: `printf ${accountSid}`, authToken: "printf a-token" });
    expect(await resolveCredentials(secrets)).toEqual({
      accountSid,
      authTokens: [{ token: "a-token" }],
      signingKeys: [],
    });
  });

  it("also reads the previous token, whose day ends in UTC", async () => {
    vault({ accountSid: `printf ${accountSid}`, authToken: "printf new", previous: "printf old" });
    const authTokens = [{ token: "new" }, { token: "old", validUntil: END }];
    for (const now of [new Date(0), LAST]) {
      expect(await resolveCredentials(rotating, now)).toEqual({ accountSid, authTokens, signingKeys: [] });
    }
  });

  it("does not read an expired previous token", async () => {
    vault({ accountSid: `printf ${accountSid}`, authToken: "printf new" });
    expect(await resolveCredentials(rotating, END)).toEqual({
      accountSid,
      authTokens: [{ token: "new" }],
      signingKeys: [],
    });
  });

  it("refuses a previous token that cannot be read, and an empty one", async () => {
    vault({ accountSid: `printf ${accountSid}`, authToken: "printf new" });
    await expect(resolveCredentials(rotating, LAST)).rejects.toThrow(`${PREVIOUS}: op read failed`);
    vault({ accountSid: `printf ${accountSid}`, authToken: "printf new", previous: "true" });
    await expect(resolveCredentials(rotating, LAST)).rejects.toThrow(`${PREVIOUS}: the value is empty`);
  });

  it("names the reference and op's message, but not op's output", async () => {
    vault({
      accountSid: `printf ${accountSid}`,
      authToken: "printf hidden; echo '[ERROR] you are not signed in' >&2; exit 1",
    });
    const error = await resolveCredentials(secrets).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      message: `a secret of hub:twilio or hub:signing cannot be read: ${secrets.authToken}: op read failed: [ERROR] you are not signed in`,
    });
    expect(error).toHaveProperty("cause.cause.cause.code", 1);
    expect(inspect(error, { depth: 9 })).not.toContain("hidden");
  });

  it("refuses an empty value", async () => {
    vault({ accountSid: `printf ${accountSid}`, authToken: "true" });
    await expect(resolveCredentials(secrets)).rejects.toThrow(`${secrets.authToken}: the value is empty`);
  });

  it.each(["hidden ", "hidden\\n", "hidden\\r\\n", "\\thidden", "hid den", "hidden\\302\\240"])(
    "refuses the auth token '%s' by its reference, without showing it",
    async (written) => {
      vault({ accountSid: `printf ${accountSid}`, authToken: `printf '${written}'`, previous: `printf '${written}'` });
      const error = await resolveCredentials(rotating, LAST).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        problems: [
          expect.stringContaining(`${secrets.authToken}: expected a token without blanks`),
          expect.stringContaining(`${PREVIOUS}: expected a token without blanks`),
        ],
      });
      expect(inspect(error, { depth: 9 })).not.toMatch(/hid ?den/);
    },
  );

  it.each(["AC123", "SK00000000000000000000000000000001", "AC0000000000000000000000000000000G"])(
    "refuses %s as an account SID, without showing it",
    async (value) => {
      vault({ accountSid: `printf ${value}`, authToken: "printf token" });
      const error = await resolveCredentials(secrets).catch((reason: unknown) => reason);
      expect(String(error)).toContain(`${secrets.accountSid}: expected an account SID`);
      expect(inspect(error)).not.toContain(value);
    },
  );

  it("names every reference that cannot be read", async () => {
    vault({ accountSid: "exit 1", authToken: "true" });
    await expect(resolveCredentials(secrets)).rejects.toMatchObject({
      problems: [
        `${secrets.accountSid}: op read failed: exit code 1`,
        `${secrets.authToken}: the value is empty; set it in 1Password`,
      ],
    });
  });

  it("says only once that op is missing", async () => {
    vi.stubEnv("PATH", folder);
    await expect(resolveCredentials(secrets)).rejects.toMatchObject({
      problems: ["op cannot be run (spawn op ENOENT); install 1Password's CLI"],
    });
  });
});

describe("resolveCredentials, with signing keys", () => {
  const NOW = new Date("2026-06-15T00:00:00Z");
  const [API_SID, LONG_KEY] = [`SK${"5".repeat(32)}`, "k".repeat(32)];
  const keyOf = (digit: number, from: string, until?: string) => ({
    id: `webhooks_sharedkey_${String(digit).padStart(26, "0")}`,
    algorithm: "HMAC_SHA256",
    secret: `op://Aurora/twilio/signing-key-${digit}`,
    from,
    ...(until !== undefined && { until }),
  });
  const CURRENT = keyOf(1, "2026-06-01T00:00:00Z");
  const FUTURE = keyOf(2, "2026-07-01T00:00:00Z");
  const EXPIRED = keyOf(3, "2026-01-01T00:00:00Z", "2026-06-15T00:00:00Z");
  const manifestWith = (keys: readonly object[], changes: Changes = {}) =>
    testManifest({ twilio: REFERENCES, signing: signingWith({ keys, "settings.0.key": CURRENT.id, ...changes }) })
      .secrets;
  const VAULT: Readonly<Record<string, string>> = {
    [REFERENCES.accountSid]: accountSid,
    [REFERENCES.authToken]: "token",
    [CURRENT.secret]: "current",
    [FUTURE.secret]: "future",
    "op://Aurora/twilio/api-key-sid": API_SID,
    "op://Aurora/twilio/api-key-secret": "api-secret",
    "op://Aurora/twilio-hub/gate-file-key": LONG_KEY,
  };
  const reading = (values: Readonly<Record<string, string>> = VAULT) => {
    const read: string[] = [];
    const readSecret = async (reference: string) => {
      read.push(reference);
      const { [reference]: value } = values;
      if (value === undefined) throw new Error(`${reference}: op read failed`);
      return value;
    };
    return { read, readSecret };
  };

  it("reads the keys that are not expired, those to come too, and no auth token if it is refused", async () => {
    const { read, readSecret } = reading();
    const secrets = manifestWith([CURRENT, FUTURE, EXPIRED]);
    expect(await resolveCredentials(secrets, NOW, readSecret)).toEqual({
      accountSid,
      authTokens: [],
      signingKeys: [
        { ...CURRENT, secret: "current" },
        { ...FUTURE, secret: "future" },
      ],
      apiKey: { sid: API_SID, secret: "api-secret" },
      gateFileKey: LONG_KEY,
    });
    expect(read).not.toContain(REFERENCES.authToken);
    expect(read).not.toContain(EXPIRED.secret);
  });

  it("reads the auth token too if it is accepted", async () => {
    const { readSecret } = reading();
    const secrets = manifestWith([CURRENT], { authToken: "accept", apiKey: undefined, gateFileKey: undefined });
    expect(await resolveCredentials(secrets, NOW, readSecret)).toEqual({
      accountSid,
      authTokens: [{ token: "token" }],
      signingKeys: [{ ...CURRENT, secret: "current" }],
    });
  });

  it("reads everything with one call of op", async () => {
    const calls = join(folder, "calls");
    const file = join(folder, "op");
    const values = Object.entries(VAULT).map(([reference, value]) => `s#{{ ${reference} }}#${value}#`);
    writeFileSync(file, `#!/bin/sh\necho "$1" >>'${calls}'\n[ "$1" = inject ] && sed '${values.join(";")}' "$3"\n`);
    chmodSync(file, 0o755);
    vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
    expect((await resolveCredentials(manifestWith([CURRENT, FUTURE]), NOW)).signingKeys).toHaveLength(2);
    expect(readFileSync(calls, "utf8")).toBe("inject\n");
  });

  it.each([
    ["api-key-sid", accountSid, "expected an API key's SID"],
    ["api-key-secret", "a b", "expected a token without blanks"],
    ["gate-file-key", "short", "expected a key of at least 32 characters"],
    ["signing-key-1", "current\n", "expected a token without blanks"],
  ])("refuses %s in another form, by its reference and without its value", async (field, value, problem) => {
    const reference = Object.keys(VAULT).find((name) => name.endsWith(`/${field}`)) ?? "";
    const { readSecret } = reading({ ...VAULT, [reference]: value });
    const error = await resolveCredentials(manifestWith([CURRENT]), NOW, readSecret).catch((reason: unknown) => reason);
    expect(String(error)).toContain(`${reference}: ${problem}`);
    expect(String(error)).not.toContain(value);
  });

  it.each([
    ["is expired", EXPIRED],
    ["lies ahead", FUTURE],
  ])("refuses to start without an auth token if the only key %s, and reads nothing then", async (_what, key) => {
    const { read, readSecret } = reading();
    // The config allows no end for a key that a Rule uses, and a handler can outlive a config.
    const secretsOf = (changes: Changes) => ({
      ...manifestWith([CURRENT], changes),
      signingKeys: Signing.shape.keys.parse([key]),
    });
    const secrets = secretsOf({});
    await expect(resolveCredentials(secrets, NOW, readSecret)).rejects.toThrow(
      "hub:signing.keys: none is valid now, and hub:signing.authToken is refuse",
    );
    expect(read).toEqual([]);
    const accepting = secretsOf({ authToken: "accept" });
    expect(await resolveCredentials(accepting, NOW, readSecret)).toMatchObject({ authTokens: [{ token: "token" }] });
  });
});

describe("gateFileKeys", () => {
  it("are the valid auth tokens, or the gate file's own key alone", () => {
    expect(gateFileKeys(CREDENTIALS, END)).toEqual([TOKEN]);
    expect(gateFileKeys({ ...CREDENTIALS, gateFileKey: "own" }, END)).toEqual(["own"]);
  });
});

describe("validTokens", () => {
  const credentials = { authTokens: [{ token: "new" }, { token: "old", validUntil: END }] };

  it.each([
    ["before the end", LAST, ["new", "old"]],
    ["at the end", END, ["new"]],
    ["long after it", new Date("2030-01-01T00:00:00Z"), ["new"]],
  ])("%s", (_when, now, tokens) => expect(validTokens(credentials, now)).toEqual(tokens));
});
