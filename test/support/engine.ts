import { afterAll, beforeAll } from "vitest";
import { loopbackConfig } from "../../loopback/testing.ts";
import { type CommandResult, type LoopbackStack, startLoopbackStack } from "../../tools/loopback/stack.ts";

const HANDLER_PORT = 18797;

/** The names of the numbers in `Pulumi.loopback.yaml`, in its order. */
export const NUMBER_NAMES: readonly string[] = loopbackConfig(HANDLER_PORT).numbers.map(({ name }) => name);

/** The names of the resources that a first preview imports, sorted: the DNS record, the tunnel's config and the numbers. */
export const IMPORTED: readonly string[] = ["canonical-host", "ingress", ...NUMBER_NAMES].toSorted();

/** Starts a stack before the first test of a file, and closes it after the last. */
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

/** Everything that a command printed. */
export function outputOf({ stdout, stderr }: CommandResult): string {
  return `${stdout}\n${stderr}`;
}

/** The distinct errors that a command showed, without the engine's closing line and without the work that it cancelled because of them. */
export function errorsOf(result: CommandResult): string[] {
  const lines = outputOf(result)
    .split("\n")
    .flatMap((line) => /(?:^|\s)error: (.*)$/.exec(line)?.[1] ?? []);
  return [...new Set(lines)].filter((line) => !/^(preview|update) failed$|context canceled$/.test(line));
}

/** Every request that could change the cloud, as `METHOD path`. */
export function changesIn({ cloud }: LoopbackStack): string[] {
  return [...cloud.twilio.requests, ...cloud.cloudflare.requests]
    .filter(({ method }) => method !== "GET")
    .map(({ method, path }) => `${method} ${path}`);
}
