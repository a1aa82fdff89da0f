import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { missingPlugins, PLUGIN_NAMES, pluginKind, requireLanguageHost } from "./plugins.ts";
import { downloadedCli } from "./version.ts";

let home = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "plugins-"));
});

afterEach(() => rm(home, { recursive: true }));

const environment = () => ({ PATH: join(home, "bin"), PULUMI_HOME: home });

async function installProviders(): Promise<void> {
  for (const plugin of ["cloudflare-v6.22.1", "command-v1.2.1", "terraform-provider-v1.1.3"]) {
    await mkdir(join(home, "plugins", `resource-${plugin}`), { recursive: true });
  }
  await mkdir(bridgedProvider(), { recursive: true });
}

const bridgedProvider = () => join(home, "dynamic_tf_plugins", "registry.opentofu.org", "twilio", "twilio", "0.18.46");

async function installLanguageHost(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "pulumi-language-nodejs"), "");
}

test("on a bare machine every plugin is missing", async () => {
  expect(await missingPlugins(join(home, "pulumi"), environment())).toEqual(PLUGIN_NAMES);
  expect(await pluginKind(environment())).toBe("stand-ins");
});

test("a provider of another version is missing", async () => {
  await installProviders();
  await mkdir(join(home, "plugins", "resource-command-v1.2.0"));
  await rm(join(home, "plugins", "resource-command-v1.2.1"), { recursive: true });
  expect(await missingPlugins(join(home, "pulumi"), environment())).toEqual(["nodejs", "command"]);
});

test("a bridge without its Terraform provider is missing, unless its cache is elsewhere", async () => {
  await installProviders();
  await installLanguageHost(join(home, "bin"));
  await rename(join(home, "dynamic_tf_plugins"), join(home, "elsewhere"));
  expect(await missingPlugins(join(home, "pulumi"), environment())).toEqual(["terraform-provider"]);
  const elsewhere = { ...environment(), PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR: join(home, "elsewhere") };
  expect(await missingPlugins(join(home, "pulumi"), elsewhere)).toEqual([]);
});

test("a language host is found on PATH or next to the CLI", async () => {
  await installProviders();
  await installLanguageHost(join(home, "cli"));
  expect(await missingPlugins(join(home, "cli", "pulumi"), environment())).toEqual([]);
  await installLanguageHost(join(home, "bin"));
  expect(await missingPlugins(join(home, "elsewhere", "pulumi"), environment())).toEqual([]);
});

test("with the official download and its providers the engine runs on real plugins", async () => {
  await installProviders();
  await installLanguageHost(dirname(downloadedCli(environment())));
  expect(await pluginKind(environment())).toBe("real plugins");
});

test("a production stack without a language host is an error that says what to install", () => {
  expect(() => requireLanguageHost(["nodejs"], "prod")).toThrow(
    /pulumi-language-nodejs is not installed.*"prod".*Install/,
  );
  expect(() => requireLanguageHost(["cloudflare"], "prod")).not.toThrow();
});
