import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import type { LoopbackStack } from "../loopback/stack.ts";
import { previewSteps } from "../plan/preview-json.ts";
import type { Steps } from "./steps.ts";

/** Shows the first preview and the first `up` on accounts that were set up by hand. */
export async function showStack(steps: Steps, stack: LoopbackStack): Promise<void> {
  await steps.check("pulumi preview, with the policy pack", "exit 0, 2 numbers imported, 0 created", async () => {
    const { code, stdout } = await stack.pulumi(["preview", "--json"]);
    const numbers = previewSteps(stdout).filter(({ type }) => type === PHONE_NUMBER_TYPE);
    const count = (op: string) => numbers.filter((step) => step.op === op).length;
    return `exit ${code}, ${count("import")} numbers imported, ${count("create")} created`;
  });
  await steps.check("pulumi up", "exit 0, 2 numbers in the account, 0 released", async () => {
    const { code } = await stack.pulumi(["up", "--yes", "--skip-preview"]);
    const { numbers, released } = stack.cloud.twilio.state;
    return `exit ${code}, ${numbers.size} numbers in the account, ${released.length} released`;
  });
}

/** Shows a preview that finds the cloud as declared. */
export async function showNoDrift(steps: Steps, stack: LoopbackStack): Promise<void> {
  await steps.check("pulumi preview --expect-no-changes", "exit 0", async () => {
    const { code } = await stack.pulumi(["preview", "--expect-no-changes"]);
    return `exit ${code}`;
  });
}

/** Shows that the drift check finds a voice URL that somebody changed by hand, and that `up` repairs it. */
export async function showDrift(steps: Steps, stack: LoopbackStack): Promise<void> {
  const [number] = stack.cloud.twilio.state.numbers.values();
  if (number === undefined) throw new Error("the loopback account has no number");
  const declared = number.voice_url;
  const elsewhere = "https://elsewhere.example/voice";
  number.voice_url = elsewhere;
  await steps.check("a voice URL is changed by hand", `exit 7, "${elsewhere}" => "${declared}"`, async () => {
    const { code, stdout } = await stack.pulumi(["drift"]);
    // The output begins with the refresh, which shows the change by hand. The last change is the one that `up` would make.
    const change = [...stdout.matchAll(/~ voiceUrl\s*: (".*" => ".*")/g)].at(-1)?.[1] ?? "no change of voiceUrl shown";
    return `exit ${code}, ${change}`;
  });
  await steps.check("pulumi up repairs it", `exit 0, ${declared}`, async () => {
    const { code } = await stack.pulumi(["up", "--yes", "--skip-preview"]);
    return `exit ${code}, ${number.voice_url}`;
  });
}
