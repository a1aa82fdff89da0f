/**
 * The engine's update plan: the preview of an `up` writes it, and the `up` does exactly what it says or stops
 * (https://www.pulumi.com/docs/iac/concepts/update-plans/).
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AUTHORISATION_STATES } from "../../hub/scripts/authorisation-note.ts";
import { RELEASE_STATES } from "../../hub/scripts/look-at-release.ts";

/** An update plan in a private folder. Its secrets are encrypted, as in the state. */
export interface UpdatePlan {
  /** The arguments with which a preview writes it. */
  readonly saving: readonly string[];
  /** The arguments with which an `up` keeps to it. */
  readonly keeping: readonly string[];
  /** Replaces the states that the preview found on the machine with those that the `up` leaves. Call it after the preview has ended. */
  settle(): Promise<void>;
  /** Removes it. */
  close(): Promise<void>;
}

/** The properties that say in which state the program found something on the machine, the possible states, and the state after a successful `up`. */
const FOUND: readonly { readonly key: RegExp; readonly states: readonly unknown[]; readonly settled: string }[] = [
  { key: /^(HUB_[A-Z]+_FOUND|gateFile)$/, states: RELEASE_STATES, settled: RELEASE_STATES[0] },
  { key: /^authorisation$/, states: AUTHORISATION_STATES, settled: AUTHORISATION_STATES[0] },
];

/** Makes a folder for the plan that only this user can read. */
export async function openUpdatePlan(): Promise<UpdatePlan> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-plan-"));
  const file = join(folder, "plan.json");
  return {
    saving: ["--save-plan", file],
    keeping: ["--plan", file],
    async settle() {
      await writeFile(file, JSON.stringify(settled(JSON.parse(await readFile(file, "utf8")))));
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function settled(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => settled(item));
  if (typeof value !== "object" || value === null)
    return FOUND.find((found) => found.key.test(key) && found.states.includes(value))?.settled ?? value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, settled(inner, name)]));
}
