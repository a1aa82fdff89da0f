import { findCli } from "../../tools/engine/find-cli.ts";

/** Gets the Pulumi CLI before the engine tests begin, since a first build takes minutes. */
export async function setup(): Promise<void> {
  await findCli();
}
