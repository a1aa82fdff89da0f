/** `npm run signing -- rotate`: shows the next step of a rotation, and takes it if it is an edit of the config. */
import { changeConfig, type Hub } from "./hub.ts";
import { look } from "./look.ts";
import { nextStep } from "./rotation.ts";

const DAY_MS = 24 * 60 * 60_000;

/** A day later, as the config writes a moment. */
export function inADay(now: Date): string {
  return `${new Date(now.getTime() + DAY_MS).toISOString().slice(0, 19)}Z`;
}

/**
 * Works out the next step from where things stand.
 *
 * @param until the end that a key gets on its way out
 * @returns the lines to print, and the exit status: 1 if `write` is set and there is nothing to write
 * @throws UserError if Twilio or the machine cannot be read
 * @throws ConfigError if the config would be wrong after the step
 */
export async function rotate(
  hub: Hub,
  until: string,
  write: boolean,
): Promise<{ readonly lines: string[]; readonly code: number }> {
  const step = nextStep(await look(hub), until);
  const commands = "commands" in step ? step.commands : [];
  const next = commands.length === 0 ? [] : ["next:", ...commands.map((command) => `  ${command}`)];
  if (step.kind !== "edit") {
    const isLeft = write && step.kind !== "done";
    return { lines: [`${WORDS[step.kind]}${step.what}`, ...next], code: isLeft ? 1 : 0 };
  }
  const change = await changeConfig(hub, step.edits);
  if (write) await change.write();
  const lines = [
    `step: ${step.what}`,
    ...["", change.diff, ""],
    ...(write ? [`${hub.source} is written`, ...next] : ["nothing was written; add --write"]),
  ];
  return { lines, code: 0 };
}

const WORDS = { commands: "not yet: ", stopped: "stopped: ", wait: "wait: ", done: "nothing to rotate: " } as const;
