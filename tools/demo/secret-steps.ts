import { stateFiles, vaultValues } from "../loopback/secrets.ts";
import type { LoopbackStack } from "../loopback/stack.ts";
import type { Steps } from "./steps.ts";

/** Patterns of the demo's personal data: phone numbers and words of callers and texters. */
const PERSONAL = [/\+1212555\d{4}/, /Elm Street/, /Are you there/];

/** The least number of values in the vault: a search for none would find none. */
const LEAST_VALUES = 8;

/** Shows that no value of the vault is in the output of the engine and the handler or in the state, and no personal data in the handler's log. */
export async function showNoSecret(steps: Steps, stack: LoopbackStack, handlerLog: readonly string[]): Promise<void> {
  await steps.check("no value of the vault in any output or in the state", "0 and 0 of all values", async () => {
    const values = await vaultValues(stack);
    const count = (texts: readonly string[]) =>
      values.filter((value) => texts.some((text) => text.includes(value))).length;
    const searched = values.length < LEAST_VALUES ? `only ${values.length}` : "all";
    return `${count([...stack.printed, ...handlerLog])} and ${count(await stateFiles(stack))} of ${searched} values`;
  });
  await steps.check("no caller's number or words in the handler's log", "logged every webhook, 0 of them", async () => {
    const found = handlerLog.filter((line) => PERSONAL.some((pattern) => pattern.test(line))).length;
    const hasWebhooks = handlerLog.some((line) => line.includes('"msg":"webhook"'));
    return `${hasWebhooks ? "logged every webhook" : "logged none"}, ${found} of them`;
  });
}
