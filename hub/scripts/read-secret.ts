/** The command with which the program reads one secret from 1Password. It runs on the engine's machine, in every run. */
import type { OpReference } from "../values/values.ts";

/**
 * The command that prints a reference's value, and then a line end. The command provider takes exactly one line end away, so the value arrives
 * unchanged: without that line end, it would take one of the value's own (pulumi-command, `local/commandOutputs.go`). No character of a reference is
 * special to a shell within quotes.
 */
export function readSecretCommand(reference: OpReference): string {
  return `op read --no-newline '${reference}' && echo`;
}
