/** Reads a stack's config file outside the engine. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { CONFIG_NAMESPACE } from "../../hub/config/parse.ts";
import { PROJECT } from "../cli/paths.ts";
import { UserError } from "../cli/run-tool.ts";

const StackFile = z.object({ config: z.record(z.string(), z.unknown()).default({}) });

/** The hub's part of a stack's config, not yet parsed. */
export interface StackConfig {
  /** The file's name, for messages. */
  readonly source: string;
  /** By key, without the namespace `hub:`. */
  readonly hub: Readonly<Record<string, unknown>>;
}

/** The path of a stack's config file. The stack's name may be qualified (`organization/project/stack`). */
export function stackFile(stack: string): string {
  return join(PROJECT, `Pulumi.${stack.slice(stack.lastIndexOf("/") + 1)}.yaml`);
}

/**
 * Checks that a command was told its stack.
 *
 * @param stack the value of `--stack`
 * @param example a call of the command that names a stack, for the message
 * @returns the stack's name
 * @throws UserError if it is undefined
 */
export function requireStack(stack: string | undefined, example: string): string {
  if (stack !== undefined) return stack;
  throw new UserError(`--stack is missing: name the stack, for example ${example}`);
}

/**
 * Reads a stack's config file.
 *
 * @throws UserError if the file is missing or is not a stack's config in YAML
 */
export async function readStackConfig(file: string): Promise<StackConfig> {
  const source = basename(file);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new UserError(`${source}: no such stack config; write it, or name another stack with --stack`, { cause });
  });
  return { source, hub: hubKeys(text, source) };
}

/**
 * Reads the hub's keys in the text of a stack's config file, without the namespace `hub:`.
 *
 * @param source the file's name, for the message
 * @throws UserError if it is not a stack's config in YAML
 */
export function hubKeys(text: string, source: string): StackConfig["hub"] {
  const { config } = parseStackFile(text, source);
  const prefix = `${CONFIG_NAMESPACE}:`;
  const own = Object.entries(config).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

function parseStackFile(text: string, source: string): z.infer<typeof StackFile> {
  try {
    return StackFile.parse(parse(text));
  } catch (cause) {
    throw new UserError(`${source}: not a stack config; it must be YAML with a map "config"`, { cause });
  }
}
