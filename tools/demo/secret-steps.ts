import { stateFiles, vaultValues } from "../loopback-secrets.ts";
import type { LoopbackStack } from "../loopback-stack.ts";
import type { Steps } from "./steps.ts";

/** The vault's values, looked for in all that the engine printed and in the state. */
export async function showNoSecret(steps: Steps, stack: LoopbackStack): Promise<void> {
  await steps.check("the vault's values in what was printed, and in the state", "0 and 0 of 3", async () => {
    const values = await vaultValues(stack);
    const count = (texts: readonly string[]) =>
      values.filter((value) => texts.some((text) => text.includes(value))).length;
    return `${count(stack.printed)} and ${count(await stateFiles(stack))} of ${values.length}`;
  });
}
