import { execFile } from "node:child_process";
import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import { dayOf } from "../../hub/guards/exceptions.ts";
import { hexDigits } from "../../hub/values/canonical-json.ts";
import { startConstantLoad } from "../loopback/constant-load.ts";
import type { LoopbackMachine } from "../loopback/machine.ts";
import { copyProject } from "../loopback/project-copy.ts";
import type { LoopbackStack } from "../loopback/stack.ts";
import { previewSteps } from "../plan/preview-json.ts";
import type { Steps } from "./steps.ts";

const CALLER = "+12125550188";
const OWNER = "Henry Hill";

const Exported = z.object({
  deployment: z.object({
    resources: z.array(
      z.object({ urn: z.string(), inputs: z.object({ triggers: z.array(z.unknown()).optional() }).optional() }),
    ),
  }),
});
const Outputs = z.object({ releaseDigest: z.string(), waitingFor: z.string() });

/** Shows that PM2 runs only an authorised release, that a staged one is not started, and that no call fails during a reload. */
export async function showDeployment(steps: Steps, stack: LoopbackStack, machine: LoopbackMachine): Promise<void> {
  const up = async () => {
    const { code } = await stack.pulumi(["up", "--yes", "--skip-preview"], machine.options);
    const { stdout } = await stack.pulumi(["pulumi", "stack", "output", "--json"]);
    return { code, ...Outputs.parse(JSON.parse(stdout)) };
  };
  const running = async () => `sha256:${await readlink(join(stack.releases, "current")).catch(() => "nothing")}`;
  await steps.check("PM2 starts the first authorised release", "exit 0, it runs; 200", async () => {
    const { releaseDigest } = await up();
    await authorise(stack, releaseDigest);
    const { code } = await up();
    return `exit ${code}, ${(await running()) === releaseDigest ? "it runs" : "it does not run"}; ${await call(stack)}`;
  });
  const before = await running();
  await steps.check("another release is staged and waits", "exit 0, waits; the old one runs; 200", async () => {
    await stack.editConfig((config) => {
      config["hub:voice"] = { ...Object(config["hub:voice"]), record: false };
    });
    const { code, waitingFor } = await up();
    const waits = waitingFor.includes("waits for an authorisation") ? "waits" : "does not wait";
    return `exit ${code}, ${waits}; ${(await running()) === before ? "the old one runs" : "another runs"}; ${await call(stack)}`;
  });
  await steps.check(
    "it is authorised, and reloaded while calls come in",
    "exit 0, the new one runs; every call 200",
    async () => {
      const { releaseDigest } = Outputs.parse(
        JSON.parse((await stack.pulumi(["pulumi", "stack", "output", "--json"])).stdout),
      );
      await authorise(stack, releaseDigest);
      const stopCalling = startConstantLoad(() => call(stack));
      const { code } = await up();
      const calls = statusesOf(await stopCalling());
      return `exit ${code}, ${(await running()) === releaseDigest ? "the new one runs" : "it does not run"}; ${calls}`;
    },
  );
  await showBadRelease(steps, stack, machine, running);
}

/** Shows that a release that refuses the probe is tried and taken back. Afterwards the running release is authorised again. */
async function showBadRelease(
  steps: Steps,
  stack: LoopbackStack,
  machine: LoopbackMachine,
  running: () => Promise<string>,
): Promise<void> {
  const before = await running();
  const copy = await copyProject();
  const options = { ...machine.options, project: copy.folder };
  try {
    await steps.check(
      "a release that fails its health check is taken back",
      "exit 1, taken back automatically, 1 alert; the old one runs; every call 200",
      async () => {
        await copy.replace("handlers/release/probe-request.ts", "return isProbe &&", "return !isProbe &&");
        const { configFile } = stack;
        const args = ["--stack", "loopback", "--config-file", configFile, "--by", OWNER];
        await promisify(execFile)(process.execPath, [join(copy.folder, "tools", "commands", "authorise.ts"), ...args]);
        const stopCalling = startConstantLoad(() => call(stack));
        const { code, stdout, stderr } = await stack.pulumi(["up", "--yes", "--skip-preview"], options);
        const calls = statusesOf(await stopCalling());
        const isTakenBack = `${stdout}${stderr}`.includes(`${hexDigits(before)} runs again`);
        const alerts = stack.cloud.discord.state.messages.filter(({ content }) => content?.includes("was not taken"));
        const runs = (await running()) === before ? "the old one runs" : "another runs";
        return `exit ${code}, ${isTakenBack ? "taken back automatically" : "not taken back"}, ${alerts.length} alert; ${runs}; ${calls}`;
      },
    );
    await steps.check(
      "the state and the next preview after that",
      "the state has the old restart; the diff a new one",
      async () => {
        const { stdout: state } = await stack.pulumi(["pulumi", "stack", "export"]);
        const { stdout: diff } = await stack.pulumi(["preview", "--json"], options);
        const digests = restartsIn(state);
        const shown = previewSteps(diff).some(({ op, name }) => name === COMMAND_NAMES.restart && op === "replace");
        return `the state has ${digests.join() === before ? "the old restart" : `restarts ${digests}`}; the diff ${shown ? "a new one" : "none"}`;
      },
    );
  } finally {
    await authorise(stack, before);
    await copy.close();
  }
}

/** The release of each restart in the state. */
function restartsIn(exported: string): string[] {
  return Exported.parse(JSON.parse(exported))
    .deployment.resources.filter(({ urn }) => urn.endsWith(`::${COMMAND_NAMES.restart}`))
    .map(({ inputs }) => String(inputs?.triggers?.[0]));
}

function statusesOf(statuses: ReadonlySet<number>): string {
  const all = [...statuses].join(", ");
  return all === "200" ? "every call 200" : `calls ${all}`;
}

function authorise(stack: LoopbackStack, release: string): Promise<void> {
  return stack.editConfig((config) => {
    config["hub:authorisation"] = { release, by: OWNER, on: dayOf(new Date()) };
  });
}

async function call({ cloud }: LoopbackStack): Promise<number> {
  const [number] = cloud.twilio.state.numbers.values();
  const { attempts } = await cloud.placeCall({ to: number?.phone_number ?? "", from: CALLER });
  return attempts.at(-1)?.status ?? 0;
}
