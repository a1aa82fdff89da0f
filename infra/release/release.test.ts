import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { ACCEPTED_SIGNING_FILE, AcceptedSigning } from "../../hub/signing/accepted-signing.ts";
import { KEY, signingWith } from "../../hub/testing/signing.ts";
import { makeCertificates } from "../../loopback/twilio/proxy/certificates.ts";
import { PROJECT } from "../../tools/cli/paths.ts";
import { copyProject } from "../../tools/loopback/project-copy.ts";
import { readStackConfig, stackFile } from "../../tools/stack/stack-config.ts";
import { buildRelease } from "./release.ts";

async function release(change: Readonly<Record<string, unknown>> = {}) {
  const { hub, source } = await readStackConfig(stackFile("loopback"));
  const config = parseConfig({ ...hub, ...change }, source);
  return buildRelease(buildManifest(config), config);
}

const HANDLER = { port: 18797, adminPort: 18798, process: "twilio", releases: "releases", gateFile: "gate" };

test("two builds at once give one release, with the manifest inside and no path of the machine", async () => {
  const [first, second] = await Promise.all([release(), release()]);
  expect(first).toEqual(second);
  expect(first.digest).toBe(`sha256:${first.folder.slice(-64)}`);
  const names = ["SHA256SUMS", "ecosystem.config.cjs", "environment", "handler.mjs", "handler.mjs.map"];
  expect((await readdir(first.folder)).toSorted()).toEqual(names);
  const texts = await Promise.all(names.map((name) => readFile(join(first.folder, name), "utf8")));
  for (const text of texts) expect(text).not.toContain(PROJECT);
  expect(texts[0]?.match(/ {2}\S+$/gm)?.map((line) => line.trim())).toEqual(names.slice(1));
  expect(texts[3]).toContain("op://Aurora/twilio/auth-token");
});

test("a release that refuses the auth token has no reference to it, nor to the previous one", async () => {
  const twilio = {
    accountSid: "op://Aurora/twilio/account-sid",
    authToken: "op://Aurora/twilio/auth-token",
    previousAuthToken: { reference: "op://Aurora/twilio/secondary-auth-token", until: "2099-01-01" },
  };
  const textOf = async (authToken: "accept" | "refuse") => {
    const { folder } = await release({ twilio, signing: signingWith({ authToken }) });
    const files = await readdir(folder);
    return (await Promise.all(files.map((name) => readFile(join(folder, name), "utf8")))).join("\n");
  };
  for (const reference of ["twilio/auth-token", "twilio/secondary-auth-token"]) {
    expect(await textOf("accept")).toContain(reference);
    expect(await textOf("refuse")).not.toContain(reference);
  }
  expect(await textOf("refuse")).toContain("op://Aurora/twilio/signing-key");
});

test("with hub:signing a release says which signatures it accepts, and holds no reference of a key there", async () => {
  const { folder } = await release({ signing: signingWith() });
  const file = await readFile(join(folder, ACCEPTED_SIGNING_FILE), "utf8");
  expect(AcceptedSigning.parse(JSON.parse(file))).toMatchObject({ authToken: false, keys: [{ id: KEY }] });
  expect(file).not.toContain("op://");
  expect(await readFile(join(folder, "SHA256SUMS"), "utf8")).toContain(`  ${ACCEPTED_SIGNING_FILE}\n`);
});

test("a clone in another folder gives the same digest, and its map names the sources by their path in the project", async () => {
  const copy = await copyProject();
  try {
    const url = (file: string) => JSON.stringify(pathToFileURL(join(copy.folder, file)));
    const program = `
      import { buildManifest } from ${url("hub/manifest.ts")};
      import { parseConfig } from ${url("hub/config/parse.ts")};
      import { buildRelease } from ${url("infra/release/release.ts")};
      import { readStackConfig, stackFile } from ${url("tools/stack/stack-config.ts")};
      const { hub, source } = await readStackConfig(stackFile("loopback"));
      const config = parseConfig(hub, source);
      console.log(JSON.stringify(await buildRelease(buildManifest(config), config)));`;
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { cwd: copy.folder });
    const [{ stdout }, own] = await Promise.all([run, release()]);
    const other = z.object({ digest: z.string(), folder: z.string() }).parse(JSON.parse(stdout));
    expect(other.folder).toBe(join(copy.folder, own.folder.slice(PROJECT.length)));
    expect(other.digest).toBe(own.digest);
    const map = JSON.parse(await readFile(join(own.folder, "handler.mjs.map"), "utf8"));
    const { sources, sourcesContent } = z
      .object({ sources: z.array(z.string()), sourcesContent: z.array(z.unknown()).optional() })
      .parse(map);
    expect(sourcesContent).toBeUndefined();
    expect(sources).toContain("handlers/main.ts");
    expect(
      sources.filter((source) => !/^(<define:HUB_MANIFEST>$|handlers\/|hub\/|node_modules\/)/.test(source)),
    ).toEqual([]);
  } finally {
    await copy.close();
  }
});

test("a damaged build is built again", async () => {
  // A separate release: another run of the tests may use the same folder.
  const own = { handler: { ...HANDLER, process: `own-${randomUUID()}` } };
  const { folder } = await release(own);
  try {
    const intact = await readFile(join(folder, "handler.mjs"), "utf8");
    await writeFile(join(folder, "handler.mjs"), "damaged");
    await release(own);
    expect(await readFile(join(folder, "handler.mjs"), "utf8")).toBe(intact);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("another manifest, environment or PM2 setting gives another digest", async () => {
  const { hub } = await readStackConfig(stackFile("loopback"));
  const environment = { ...z.record(z.string(), z.unknown()).parse(hub.environment), LOG_LEVEL: "warn" };
  const releases = await Promise.all([
    release({ handler: HANDLER }),
    release({ handler: { ...HANDLER, port: 18796 } }),
    release({ handler: { ...HANDLER, instances: 2 } }),
    release({ handler: { ...HANDLER, memory: "1G" } }),
    release({ handler: HANDLER, environment }),
  ]);
  expect(new Set(releases.map(({ digest }) => digest)).size).toBe(5);
  // The folder of releases is not part of a release.
  expect(await release({ handler: { ...HANDLER, releases: "elsewhere" } })).toEqual(releases[0]);
});

test("PM2 runs the release in its own folder, with secrets by reference", async () => {
  const { digest, folder } = await release({ handler: { ...HANDLER, instances: 2, memory: "1G" } });
  const { apps } = createRequire(import.meta.url)(join(folder, "ecosystem.config.cjs"));
  expect(apps).toEqual([
    {
      name: "twilio",
      script: join(folder, "handler.mjs"),
      cwd: folder,
      exec_mode: "cluster",
      instances: 2,
      wait_ready: true,
      listen_timeout: 45_000,
      kill_timeout: 20_000,
      max_memory_restart: "1G",
      node_args: ["--enable-source-maps", "--max-semi-space-size=8"],
      filter_env: expect.arrayContaining(["TOKEN", "SECRET", "PASSPHRASE"]),
      env: expect.objectContaining({
        HUB_RELEASE: digest.slice("sha256:".length),
        OUTBOUND_TOKEN: "op://Aurora/twilio-hub/outbound-token",
      }),
    },
  ]);
});

test("a release carries the project's certificates for the database, whichever file they are in", async () => {
  const { hub } = await readStackConfig(stackFile("loopback"));
  const environment = z.record(z.string(), z.unknown()).parse(hub.environment);
  const copy = await copyProject();
  try {
    const built = async (file: string | undefined, content?: string) => {
      if (file !== undefined && content !== undefined) await writeFile(join(copy.folder, file), content);
      const given = JSON.stringify({ ...environment, ...(file !== undefined && { DATABASE_CA_FILE: file }) });
      const url = (name: string) => JSON.stringify(pathToFileURL(join(copy.folder, name)));
      const program = `
        import { buildManifest } from ${url("hub/manifest.ts")};
        import { parseConfig } from ${url("hub/config/parse.ts")};
        import { buildRelease } from ${url("infra/release/release.ts")};
        import { readStackConfig, stackFile } from ${url("tools/stack/stack-config.ts")};
        const { hub, source } = await readStackConfig(stackFile("loopback"));
        const config = parseConfig({ ...hub, environment: ${given} }, source);
        console.log(JSON.stringify(await buildRelease(buildManifest(config), config).catch(({ name, message }) => ({ name, message }))));`;
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
      return z
        .object({ digest: z.string(), folder: z.string() })
        .or(z.object({ name: z.string(), message: z.string() }))
        .parse(JSON.parse(stdout));
    };
    const { ca, key } = await makeCertificates(["localhost"]);
    const first = await built("one.pem", ca);
    if (!("folder" in first)) throw new Error(first.message);
    expect(await readFile(join(first.folder, "database-ca.pem"), "utf8")).toBe(ca);
    expect(await readFile(join(first.folder, "environment"), "utf8")).toContain("DATABASE_CA_FILE=database-ca.pem\n");
    expect(await readFile(join(first.folder, "SHA256SUMS"), "utf8")).toMatch(/^[0-9a-f]{64} {2}database-ca\.pem$/m);
    expect(await built("infra/two.crt", ca)).toEqual(first);
    expect(await built("one.pem", `${ca}${ca}`)).not.toEqual(first);
    const onMachine = await built("/etc/twilio-hub/ca.pem");
    if (!("folder" in onMachine)) throw new Error(onMachine.message);
    expect(await readdir(onMachine.folder)).not.toContain("database-ca.pem");
    expect(await readFile(join(onMachine.folder, "environment"), "utf8")).toContain(
      "DATABASE_CA_FILE=/etc/twilio-hub/ca.pem\n",
    );
    expect(await built("none.pem")).toEqual({
      name: "UserError",
      message: expect.stringMatching(
        /^hub:environment\.DATABASE_CA_FILE: none\.pem: cannot be read in the project \(ENOENT\)/,
      ),
    });
    expect(await built("key.pem", `${ca}${key}`)).toEqual({
      name: "UserError",
      message: expect.stringMatching(/^hub:environment\.DATABASE_CA_FILE: key\.pem: expected only certificates/),
    });
  } finally {
    await copy.close();
  }
});
