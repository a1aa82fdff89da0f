import { afterAll, beforeAll } from "vitest";
import { type CommandResult, type LoopbackStack, startLoopbackStack } from "../../tools/loopback/stack.ts";

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
