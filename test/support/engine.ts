import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import {
  type CommandResult,
  LOOPBACK_STACK,
  type LoopbackStack,
  startLoopbackStack,
} from "../../tools/loopback-stack.ts";

/** A stack for the tests of one file: started before the first and closed after the last. */
export function useLoopbackStack(): () => LoopbackStack {
  let stack: LoopbackStack | undefined;
  beforeAll(async () => {
    stack = await startLoopbackStack();
  });
  afterAll(() => stack?.close());
  return () => {
    if (stack === undefined) throw new Error("the loopback stack has not started");
    return stack;
  };
}

/** All that a command printed. */
export function outputOf({ stdout, stderr }: CommandResult): string {
  return `${stdout}\n${stderr}`;
}

/** The distinct errors that a command showed, without the engine's closing line and what it broke off because of them. */
export function errorsOf(result: CommandResult): string[] {
  const lines = outputOf(result)
    .split("\n")
    .flatMap((line) => /(?:^|\s)error: (.*)$/.exec(line)?.[1] ?? []);
  return [...new Set(lines)].filter((line) => !/^(preview|update) failed$|context canceled$/.test(line));
}

/** Every request that would change something in the cloud, as `METHOD path`. */
export function changesIn({ cloud }: LoopbackStack): string[] {
  return [...cloud.twilio.requests, ...cloud.cloudflare.requests]
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);
}

/** The vault's values: what must stand in no output and no file. */
export async function vaultValues({ cloud }: LoopbackStack): Promise<string[]> {
  const vault: Record<string, string> = JSON.parse(await readFile(cloud.vaultFile, "utf8"));
  return Object.values(vault);
}

/** The state's files, the checkpoint and its history, as text. */
export async function stateFiles({ folder }: LoopbackStack): Promise<string[]> {
  const root = join(folder, ".pulumi");
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  if (!files.some((file) => file.includes(LOOPBACK_STACK))) throw new Error("the stack has no state file");
  return Promise.all(files.map((file) => readFile(file, "latin1")));
}
