/**
 * The engine's own plan, from the preview of an `up` to the `up` itself, which then does what the plan says or stops
 * (https://www.pulumi.com/docs/iac/concepts/update-plans/).
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AUTHORISATION_STATES } from "../../hub/scripts/authorisation-note.ts";
import { RELEASE_STATES } from "../../hub/scripts/look-at-release.ts";

/** A plan in a private folder. It holds secrets as the state does, encrypted. */
export interface EnginePlan {
  /** What makes a preview write it. */
  readonly saving: readonly string[];
  /** What makes an `up` keep to it. */
  readonly keeping: readonly string[];
  /** Turns what the preview wrote into what the `up` does, once the preview has ended. */
  settle(): Promise<void>;
  /** Removes it. */
  close(): Promise<void>;
}

/** Where the program says how something on the machine was found, what it may say, and what an `up` that ends well makes of it. */
const FOUND: readonly { readonly key: RegExp; readonly states: readonly unknown[]; readonly settled: string }[] = [
  { key: /^(HUB_[A-Z]+_FOUND|gateFile)$/, states: RELEASE_STATES, settled: RELEASE_STATES[0] },
  { key: /^authorisation$/, states: AUTHORISATION_STATES, settled: AUTHORISATION_STATES[0] },
];

/** Makes a place for a plan that only this user can read. */
export async function openEnginePlan(): Promise<EnginePlan> {
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
