import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { dayOf } from "../../hub/pack-config.ts";
import { askAllTheTime } from "../ask-all-the-time.ts";
import type { LoopbackMachine } from "../loopback-machine.ts";
import type { LoopbackStack } from "../loopback-stack.ts";
import type { Steps } from "./steps.ts";

const CALLER = "+12125550188";
const OWNER = "Henry Hill";

const Outputs = z.object({ releaseDigest: z.string(), waitingFor: z.string() });

/** PM2 runs what was authorised: staged is not started, and a reload fails no call. */
export async function showDeployment(steps: Steps, stack: LoopbackStack, machine: LoopbackMachine): Promise<void> {
  const up = async () => {
    const { code } = await stack.pulumi(["up", "--yes"], machine.options);
    const { stdout } = await stack.pulumi(["pulumi", "stack", "output", "--json"]);
    return { code, ...Outputs.parse(JSON.parse(stdout)) };
  };
  const running = async () => `sha256:${await readlink(join(stack.releases, "current")).catch(() => "nothing")}`;
  await steps.check("the first authorised release is started by PM2", "exit 0, it runs; 200", async () => {
    const { releaseDigest } = await up();
    await authorise(stack, releaseDigest);
    const { code } = await up();
    return `exit ${code}, ${(await running()) === releaseDigest ? "it runs" : "it does not run"}; ${await call(stack)}`;
  });
  const before = await running();
  await steps.check("another release, staged and not authorised", "exit 0, waits; the old one runs; 200", async () => {
    await stack.editConfig((config) => {
      config["hub:voice"] = { ...Object(config["hub:voice"]), record: false };
    });
    const { code, waitingFor } = await up();
    const waits = waitingFor.includes("waits for an authorisation") ? "waits" : "does not wait";
    return `exit ${code}, ${waits}; ${(await running()) === before ? "the old one runs" : "another runs"}; ${await call(stack)}`;
  });
  await steps.check(
    "authorised, and reloaded while calls come in",
    "exit 0, the new one runs; every call 200",
    async () => {
      const { releaseDigest } = Outputs.parse(
        JSON.parse((await stack.pulumi(["pulumi", "stack", "output", "--json"])).stdout),
      );
      await authorise(stack, releaseDigest);
      const stopCalling = askAllTheTime(() => call(stack));
      const { code } = await up();
      const statuses = await stopCalling();
      const calls = [...statuses].join(", ") === "200" ? "every call 200" : `calls ${[...statuses].join(", ")}`;
      return `exit ${code}, ${(await running()) === releaseDigest ? "the new one runs" : "it does not run"}; ${calls}`;
    },
  );
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
