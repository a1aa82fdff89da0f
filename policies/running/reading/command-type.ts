import { SCRIPT_INPUTS } from "../../../hub/guards/commands/known-scripts.ts";
import { holdsUnknown } from "../../reading/known-value.ts";

/** What a command runs: its scripts, what runs them, and what they are fed. */
const WHAT_RUNS = [...SCRIPT_INPUTS, "interpreter", "stdin"];

/** The first input that decides what a command runs and that a preview does not know; undefined where there is none. */
export function unknownScript(props: Readonly<Record<string, unknown>>): string | undefined {
  return WHAT_RUNS.find((input) => holdsUnknown(props[input]));
}
