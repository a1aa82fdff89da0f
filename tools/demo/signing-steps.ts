import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { acceptedSigning } from "../../hub/signing/accepted-signing.ts";
import { declarationOf } from "../../hub/signing/declaration.ts";
import { originsOf } from "../../hub/signing/declared-rules.ts";
import { signingSteps } from "../../hub/signing/signing-steps.ts";
import { buildRelease } from "../../infra/release/release.ts";
import { takeSteps } from "../../infra/signing/take-steps.ts";
import { SEED_SHARED_KEY_ID, SIGNING_REFERENCES } from "../../loopback/seed-signing.ts";
import { placeRule, placeSetting, placeSharedKey } from "../../loopback/twilio/configuration/make.ts";
import { signingLeft } from "../adopt/live-signing.ts";
import { endOf } from "../cli/child-process.ts";
import { PROJECT } from "../cli/paths.ts";
import { startConstantLoad } from "../loopback/constant-load.ts";
import { startHandler } from "../loopback/running-handler.ts";
import { vaultValue } from "../loopback/secrets.ts";
import { editStackFile, type LoopbackStack } from "../loopback/stack.ts";
import { changeConfig, type Hub, openAccount, readHub } from "../signing/hub.ts";
import { type LookAtTwilio, readTwilio } from "../signing/look.ts";
import { inADay } from "../signing/rotate.ts";
import { nextStep } from "../signing/rotation.ts";
import type { Steps } from "./steps.ts";

const CALLER = "+12125550124";
const ITEM = "op://Aurora/demo-signing/secret";

/** A config that signs with the account's first key alone. */
const SIGNING = {
  authToken: "accept",
  keys: [
    {
      ...{ id: SEED_SHARED_KEY_ID, algorithm: "HMAC_SHA256" },
      ...{ secret: SIGNING_REFERENCES.signingKey, from: "2026-01-01T00:00:00Z" },
    },
  ],
  settings: [{ name: "demo", key: SEED_SHARED_KEY_ID }],
  rules: [{ urls: "all", settings: [{ setting: "demo", percentage: 100 }] }],
  queries: "unprobed",
};

/**
 * Shows a new signing key and its rotation under a load of calls, and another's Rule that is found. It works on a copy of the stack's config, and leaves
 * neither a Rule nor a key at Twilio, so the engine has nothing to do. No other handler may run.
 *
 * @param environment the handler's
 * @returns the handler's log
 */
export async function showSigning(
  steps: Steps,
  stack: LoopbackStack,
  environment: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const file = join(stack.folder, "Pulumi.signing.yaml");
  const vault = await readFile(stack.cloud.vaultFile, "utf8");
  await writeFile(file, await readFile(stack.configFile, "utf8"));
  await editStackFile(file, (config) => {
    config["hub:signing"] = SIGNING;
  });
  await steps.check("npm run signing -- new", "exit 0; the secret is in 1Password and not in the output", async () => {
    const { code, printed } = await newKey(stack, file);
    const secret = await vaultValue(stack.cloud, ITEM);
    return `exit ${code}; the secret is in 1Password and ${printed.includes(secret) ? "" : "not "}in the output`;
  });
  const log: string[] = [];
  await steps.check(
    "the key is rotated under a load of calls",
    "5 %, 100 %, the older Settings go; every call 200",
    async () => rotate(await account(stack, file), stack, environment, log),
  );
  await steps.check(
    "another's default Rule at Twilio is found",
    "its key, and that callers would hear an error",
    async () => findForeign(await account(stack, file), stack),
  );
  const { webhooks } = stack.cloud.twilio.state;
  webhooks.finish();
  webhooks.place(({ rules, settings, sharedKeys }) => {
    rules.clear();
    settings.clear();
    for (const id of sharedKeys.keys()) if (id !== SEED_SHARED_KEY_ID) sharedKeys.delete(id);
  });
  await writeFile(stack.cloud.vaultFile, vault, { mode: 0o600 });
  return log;
}

interface Account {
  readonly hub: Hub;
  readonly api: Awaited<ReturnType<typeof openAccount>>;
}

async function account(stack: LoopbackStack, file: string): Promise<Account> {
  const hub = await readHub("signing", file);
  return { hub, api: await openAccount(hub, stack.environment) };
}

async function newKey(stack: LoopbackStack, file: string) {
  const program = join(PROJECT, "tools", "commands", "signing.ts");
  const args = [program, "new", "--stack", "signing", "--config-file", file, "--item", ITEM, "--write"];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...stack.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [{ code }, stdout, stderr] = await Promise.all([endOf(child), text(child.stdout), text(child.stderr)]);
  return { code, printed: `${stdout}${stderr}` };
}

/** Starts a handler that accepts both keys, and takes the steps of the rotation until the older key signs nothing any more. */
async function rotate(
  { hub, api }: Account,
  { cloud }: LoopbackStack,
  environment: Readonly<Record<string, string>>,
  log: string[],
): Promise<string> {
  const { folder } = await buildRelease(hub.manifest, hub.config);
  const handler = await startHandler(folder, environment);
  try {
    const [number] = cloud.twilio.state.numbers.values();
    const running = acceptedSigning(hub.manifest);
    const found = await bringUp(hub, api);
    const stop = startConstantLoad(async () => {
      const { attempts } = await cloud.placeCall({ to: number?.phone_number ?? "", from: CALLER });
      return attempts.map(({ status }) => status).join();
    });
    const taken: string[] = [];
    for (let look = found; taken.length < 3; ) {
      const step = nextStep({ ...look, running }, inADay(look.now));
      if (step.kind !== "edit") return `${step.kind}: ${step.what}`;
      taken.push(/\d+ %|the older Settings go/.exec(step.what)?.[0] ?? step.what);
      await (await changeConfig(look.hub, step.edits)).write();
      look = await bringUp(await readHub("signing", look.hub.file), api);
    }
    const statuses = [...(await stop())].join(", ");
    return `${taken.join(", ")}; ${statuses === "200" ? "every call 200" : `calls ${statuses}`}`;
  } finally {
    await handler.close();
    log.push(...handler.log);
  }
}

/** Makes Twilio's Rules those of the config, as an `up` does. */
async function bringUp(hub: Hub, api: Account["api"]): Promise<LookAtTwilio> {
  const { signing } = hub.config;
  if (signing === undefined) throw new Error("the demo's config has no hub:signing");
  const declaration = declarationOf(hub.manifest, signing);
  const { live } = await readTwilio(api);
  const needed = signingSteps(declaration, live, originsOf(hub.manifest));
  await takeSteps({ api, declaration, say: () => undefined }, needed, live.settings);
  return { hub, signing, ...(await readTwilio(api)), unapplied: new Set(), now: new Date() };
}

async function findForeign({ hub, api }: Account, { cloud }: LoopbackStack): Promise<string> {
  const { webhooks } = cloud.twilio.state;
  webhooks.place(({ rules }) => rules.clear());
  const { id: sharedKeyId } = placeSharedKey(webhooks, "theirs");
  const signature = { type: "SHARED_KEY" as const, sharedKeyId, algorithm: "HMAC_SHA256" as const };
  const auth = { source: "INLINE" as const, value: { scheme: "NONE" as const } };
  const { id: settingId } = placeSetting(webhooks, { friendlyName: "theirs", auth, signature });
  placeRule(webhooks, { friendlyName: "theirs", matchType: "DEFAULT", settings: [{ settingId, percentage: 100 }] });
  const line = (await signingLeft(hub.config, api)).find((left) => left.includes("the account's default")) ?? "nothing";
  const isNamed = line.includes(sharedKeyId) && line.includes("callers hear Twilio's error");
  return isNamed ? "its key, and that callers would hear an error" : line;
}
