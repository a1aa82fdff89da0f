import { addCampaign, copyProject, PROGRAM_GUARD, type ProjectCopy } from "../loopback/project-copy.ts";
import type { CommandResult, LoopbackStack } from "../loopback/stack.ts";
import type { Steps } from "./steps.ts";

/** Shows that an A2P campaign in the program is refused by the policy pack, and without the pack by the program. */
export async function showCampaignRefused(steps: Steps, stack: LoopbackStack): Promise<void> {
  const guarded = await copyProject();
  const unguarded = await copyProject();
  try {
    await Promise.all([guarded, unguarded].map(addCampaign));
    await unguarded.replace("infra/index.ts", PROGRAM_GUARD, "");
    await steps.check("an A2P campaign, refused by the policy pack", "not applied: no-sms-campaign; 0 campaigns", () =>
      attempt(stack, unguarded, (result) => /no-sms-campaign/.exec(result.stdout)?.[0], ["up", "--yes"]),
    );
    await steps.check(
      "an A2P campaign without the pack, refused by the program",
      "not applied: blocked; 0 campaigns",
      () =>
        attempt(stack, guarded, (result) => /is (blocked) while \S+ may not text/.exec(result.stdout)?.[1], [
          ...["pulumi", "up", "--yes"],
          ...["--config-file", stack.configFile],
        ]),
    );
  } finally {
    await Promise.all([guarded, unguarded].map((copy) => copy.close()));
  }
}

async function attempt(
  stack: LoopbackStack,
  { folder }: ProjectCopy,
  refusalIn: (result: CommandResult) => string | undefined,
  args: readonly string[],
): Promise<string> {
  const result = await stack.pulumi(args, { project: folder });
  if (args[0] === "pulumi" && result.stderr.includes("--policy-pack")) return "the policy pack was attached";
  const outcome = result.code === 0 ? "applied" : "not applied";
  return `${outcome}: ${refusalIn(result) ?? "no refusal shown"}; ${stack.cloud.twilio.state.campaigns.length} campaigns`;
}
