import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { parseConfig } from "../../hub/config/parse.ts";
import { gateFileProblem, gateFileText } from "../../hub/gate/gate-file.ts";
import { gateOf } from "../../hub/gate/gate-of.ts";
import { gatesOn } from "../../hub/gate/gates-on.ts";
import { buildManifest, type Manifest } from "../../hub/manifest.ts";
import { APPROVED_RECORD } from "../../hub/testing/records.ts";
import { signingWith } from "../../hub/testing/signing.ts";
import { writeVault } from "../../loopback/vault.ts";
import { vaultValues } from "../../tools/loopback/secrets.ts";
import { previewSteps } from "../../tools/plan/preview-json.ts";
import { readStackConfig } from "../../tools/stack/stack-config.ts";
import { outputOf, useLoopbackStack } from "../support/engine.ts";
import { startStackHub } from "../support/tendlc/stack-hub.ts";
import { ONE_TEXT, textsThatLeft } from "../support/tendlc/texts-that-left.ts";

const LOCAL = "+19497798471";
const TOLL_FREE = "+18446883807";
/** The approvals of a file, without their MACs. */
const contentOf = (text: string) => text.trimEnd().replaceAll(/^[0-9a-f]{64} /gm, "");

const stack = useLoopbackStack();
const file = () => join(stack().folder, "gate");
const Handler = z.looseObject({});
const Outputs = z.looseObject({ gateFile: z.string() });

async function up(): Promise<void> {
  await stack().apply();
  const outputs = await stack().pulumi(["pulumi", "stack", "output", "--json"]);
  expect(Outputs.parse(JSON.parse(outputs.stdout)).gateFile).toBe("as declared");
}

async function drift(): Promise<{ readonly code: number | null; readonly shown: string }> {
  const result = await stack().pulumi(["drift"]);
  return { code: result.code, shown: outputOf(result) };
}

async function manifest(): Promise<Manifest> {
  const { hub, source } = await readStackConfig(stack().configFile);
  return buildManifest(parseConfig(hub, source));
}

/** The handler's problem with the file for a number. Every value of the vault is tried as the token, since one of them is the token. */
async function problem(sender = LOCAL): Promise<string | undefined> {
  const gates = gatesOn((await manifest()).gates, new Date());
  return gateFileProblem(await readFile(file(), "utf8"), await vaultValues(stack()), sender, gateOf(gates, sender));
}

test("a first preview reports the missing file and writes none", async () => {
  const result = await stack().pulumi(["preview"]);
  expect(result.code, outputOf(result)).toBe(0);
  expect(result.stdout).toMatch(/gateFile\s*: "missing"/);
  await expect(readFile(file())).rejects.toThrow("ENOENT");
});

test("up writes the shut gate, and the preview after it is clean", async () => {
  await up();
  expect(await problem()).toContain('it is shut: status is "denied"');
  expect(await problem(TOLL_FREE)).toBe("it is shut: hub:tollfree is missing");
  expect(await drift()).toMatchObject({ code: 0 });
});

test.each([
  ["deleted", () => rm(file()), "missing"],
  ["changed by hand", async () => writeFile(file(), `${await readFile(file(), "utf8")}\n`), "not as declared"],
])("a file that was %s is drift, and up repairs it", async (_what, spoil, found) => {
  const declared = await readFile(file(), "utf8");
  await spoil();
  const { code, shown } = await drift();
  expect(shown).toContain(`~ HUB_GATE_FOUND: "as declared" => "${found}"`);
  expect(shown).toMatch(new RegExp(`~ gateFile *: "as declared" => "${found}"`));
  expect(code).toBe(7);
  await stack().apply();
  expect(await readFile(file(), "utf8")).toBe(declared);
  expect(await drift()).toMatchObject({ code: 0 });
});

test.each(["2099-01-01", "2098-12-31"])("10DLC: an approval of %s stays shut, in a bare up too", async (approvedOn) => {
  const denied = (await readStackConfig(stack().configFile)).hub.tendlc;
  await stack().editConfig((config) => {
    config["hub:tendlc"] = { ...APPROVED_RECORD, approvedOn };
  });
  try {
    // The pack refuses such a record, so this run leaves it out.
    const bare = ["pulumi", "up", "--config-file", stack().configFile, "--yes", "--skip-preview"];
    const result = await stack().pulumi(bare);
    expect(result.code, outputOf(result)).toBe(0);
    expect(await problem()).toContain(`it is shut: approvedOn ${approvedOn} is in the future`);
    const outputs = await stack().pulumi(["pulumi", "stack", "output", "--json"]);
    expect(JSON.parse(outputs.stdout)).toMatchObject({
      gate: { open: false },
      gates: { [LOCAL]: { open: false, kind: "local" }, [TOLL_FREE]: { open: false, kind: "toll-free" } },
      gateFile: "as declared",
    });
  } finally {
    await stack().editConfig((config) => {
      config["hub:tendlc"] = denied;
    });
    await up();
  }
});

/** The content of the open file, as an `up` wrote it. */
let open = "";

test("10DLC: a complete approval opens the file and changes only it and the release; withdrawing it shuts the file without a restart", async () => {
  const denied = (await readStackConfig(stack().configFile)).hub.tendlc;
  await stack().editConfig((config) => {
    config["hub:tendlc"] = APPROVED_RECORD;
  });
  const preview = await stack().pulumi(["preview", "--json"]);
  const steps = previewSteps(preview.stdout).map(({ op, name, changes }) => [`${op} ${name}`, changes]);
  expect(Object.fromEntries(steps)).toEqual({
    // The MAC changes with the gate, but a plan does not show that, since the MAC is a secret.
    "update gate-file": ["environment.HUB_GATE", "environment.HUB_GATE_FOUND"],
    "update staged-release": ["environment.HUB_MANIFEST", "environment.HUB_RELEASE", "environment.HUB_STAGED_FOUND"],
  });
  await up();
  expect(await problem()).toBeUndefined();
  expect(await problem(TOLL_FREE)).toBe("it is shut: hub:tollfree is missing");
  open = await readFile(file(), "utf8");
  expect(await drift()).toMatchObject({ code: 0 });
  // The running handler was bundled with the approval.
  const hub = await startStackHub(stack());
  try {
    expect(await hub.text()).toMatchObject({ state: "sent" });
    await stack().editConfig((config) => {
      config["hub:tendlc"] = denied;
    });
    await up();
    expect(await hub.text()).toMatchObject({ state: "blocked", reason: expect.stringContaining("it is shut: status") });
    expect(textsThatLeft(stack().cloud)).toEqual(ONE_TEXT);
  } finally {
    await hub.close();
  }
  expect(await drift()).toMatchObject({ code: 0 });
});

test("10DLC: if a stranger's ingress rule stops the up that withdraws an approval, the open file is removed", async () => {
  const shut = await readFile(file(), "utf8");
  const [tunnel] = stack().cloud.cloudflare.state.tunnels.values();
  tunnel?.config.ingress.unshift({ hostname: "stranger.reri.co", service: "http://127.0.0.1:19999" });
  const failingUp = async () => {
    const result = await stack().pulumi(["up", "--yes", "--skip-preview"]);
    expect(result.code, outputOf(result)).not.toBe(0);
    expect(outputOf(result)).toContain("stranger.reri.co");
    return result.stderr;
  };
  try {
    // A shut file stays.
    expect(await failingUp()).not.toContain("the text gate");
    expect(await readFile(file(), "utf8")).toBe(shut);
    await writeFile(file(), open);
    expect(await failingUp()).toContain(`so they were removed from ${file()}\n`);
    expect(contentOf(await readFile(file(), "utf8"))).toBe(contentOf(shut).split("\n")[1]);
  } finally {
    tunnel?.config.ingress.shift();
  }
});

const REFERENCES = {
  // The cloud's vault does not have it.
  gateFileKey: "op://Aurora/twilio-hub/own-gate-file-key",
  signingKey: "op://Aurora/twilio/signing-key",
};

test("with a key of its own the file has another MAC, and a key that cannot be read or is short stops the up", async () => {
  await up();
  const before = await readFile(file(), "utf8");
  const gateFileKey = randomBytes(32).toString("hex");
  await stack().editConfig((config) => {
    // No Rule is declared: this test is about the file alone.
    config["hub:signing"] = signingWith({
      authToken: "accept",
      settings: [],
      rules: [],
      apiKey: undefined,
      gateFileKey: REFERENCES.gateFileKey,
    });
  });
  // The loopback cloud seeds the key.
  await removeFromVault(REFERENCES.gateFileKey);
  const refused = async () => outputOf(await stack().bareUp());
  expect(await refused()).toContain(`hub:signing.gateFileKey: ${REFERENCES.gateFileKey} cannot be read`);
  await addToVault({ [REFERENCES.gateFileKey]: "short", [REFERENCES.signingKey]: "secret-of-the-signing-key" });
  expect(await refused()).toContain(`hub:signing.gateFileKey: ${REFERENCES.gateFileKey}: expected a key of at least`);
  expect(await readFile(file(), "utf8")).toBe(before);
  await addToVault({ [REFERENCES.gateFileKey]: gateFileKey });
  await up();
  const text = await readFile(file(), "utf8");
  expect(text).toBe(gateFileText(contentOf(text), gateFileKey));
  expect(contentOf(text)).toBe(contentOf(before));
  expect(text).not.toBe(before);
  expect(stack().printed.join("\n")).not.toContain(gateFileKey);
  expect(await drift()).toMatchObject({ code: 0 });
  await stack().editConfig((config) => {
    delete config["hub:signing"];
  });
  await up();
  expect(await readFile(file(), "utf8")).toBe(before);
});

const Vault = z.record(z.string(), z.string());

async function addToVault(values: Readonly<Record<string, string>>): Promise<void> {
  const { vaultFile } = stack().cloud;
  await writeVault(vaultFile, { ...JSON.parse(await readFile(vaultFile, "utf8")), ...values });
}

async function removeFromVault(reference: string): Promise<void> {
  const { vaultFile } = stack().cloud;
  const { [reference]: _removed, ...others } = Vault.parse(JSON.parse(await readFile(vaultFile, "utf8")));
  await writeVault(vaultFile, others);
}

test("a moved file leaves nothing at its old place", async () => {
  const old = file();
  const moved = join(stack().folder, "gates", "gate");
  await stack().editConfig((config) => {
    config["hub:handler"] = { ...Handler.parse(config["hub:handler"]), gateFile: moved };
  });
  await stack().apply();
  expect(await readFile(moved, "utf8")).toContain('"version":2');
  await expect(readFile(old)).rejects.toThrow("ENOENT");
  expect(await drift()).toMatchObject({ code: 0 });
});

test("no run printed one of the file's MACs", async () => {
  const macs = (await readFile(join(stack().folder, "gates", "gate"), "utf8")).match(/^[0-9a-f]{64}/gm);
  expect(macs).toHaveLength(2);
  for (const mac of macs ?? []) expect(stack().printed.join("\n")).not.toContain(mac);
});
