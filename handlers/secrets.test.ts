import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resolveCredentials } from "./secrets.ts";
import { CREDENTIALS, testManifest } from "./test-manifest.ts";

const { secrets } = testManifest();
const { accountSid } = CREDENTIALS;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "op-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Puts a stand-in called `op` first on PATH, which answers `op read --no-newline` with a shell command for each reference. */
function vault(commands: { accountSid: string; authToken: string }): void {
  const file = join(folder, "op");
  writeFileSync(
    file,
    `#!/bin/sh
case "$*" in
  "read --no-newline ${secrets.accountSid}") ${commands.accountSid} ;;
  "read --no-newline ${secrets.authToken}") ${commands.authToken} ;;
  *) exit 64 ;;
esac
`,
  );
  chmodSync(file, 0o755);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
}

describe("resolveCredentials", () => {
  it("reads each reference through op", async () => {
    vault({ accountSid: `printf ${accountSid}`, authToken: "printf 'a token'" });
    expect(await resolveCredentials(secrets)).toEqual({ accountSid, authTokens: ["a token"] });
  });

  it("names the reference and gives op's own words, but not what op printed", async () => {
    vault({
      accountSid: `printf ${accountSid}`,
      authToken: "printf hidden; echo '[ERROR] you are not signed in' >&2; exit 1",
    });
    const error = await resolveCredentials(secrets).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: `${secrets.authToken}: op read failed: [ERROR] you are not signed in` });
    expect(error).toHaveProperty("cause.code", 1);
    expect(inspect(error, { depth: 9 })).not.toContain("hidden");
  });

  it("refuses an empty value", async () => {
    vault({ accountSid: `printf ${accountSid}`, authToken: "true" });
    await expect(resolveCredentials(secrets)).rejects.toThrow(`${secrets.authToken}: the value is empty`);
  });

  it.each(["AC123", "SK00000000000000000000000000000001", "AC0000000000000000000000000000000G"])(
    "refuses %s as an account SID, without showing it",
    async (value) => {
      vault({ accountSid: `printf ${value}`, authToken: "printf token" });
      const error = await resolveCredentials(secrets).catch((reason: unknown) => reason);
      expect(String(error)).toContain(`${secrets.accountSid}: expected an account SID`);
      expect(inspect(error)).not.toContain(value);
    },
  );

  it("says so where there is no op", async () => {
    vi.stubEnv("PATH", folder);
    await expect(resolveCredentials(secrets)).rejects.toThrow(/op read failed: spawn op ENOENT/);
  });
});
