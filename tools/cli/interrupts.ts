/** Ends everything in order if a person or the system asks this process to end. */
import { constants } from "node:os";
import { UserError } from "./run-tool.ts";

/** Thrown if a person or the system has asked this process to end. */
export class Interrupted extends UserError {}

/** The signals that ask a process to end: Ctrl-C, `kill`, and a terminal that closes. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls a function at each of these signals instead of ending the process. Returns a function that stops this. */
export function onInterrupt(handle: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}

/** The exit status that shells give to a process that a signal ended. */
export function statusOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/**
 * Runs an action with an AbortSignal that the first interrupt aborts.
 *
 * @throws Interrupted if it failed after an interrupt
 */
export async function abortedByInterrupt<Result>(act: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const stop = onInterrupt((signal) => controller.abort(new Interrupted(`interrupted by ${signal}`)));
  try {
    return await act(controller.signal);
  } catch (error) {
    controller.signal.throwIfAborted();
    throw error;
  } finally {
    stop();
  }
}

/** Everything that a command has started, so that all of it ends with the command. */
export interface Started {
  /**
   * Registers how to end something that was started.
   *
   * @throws Interrupted if the command was interrupted meanwhile; what was started is ended all the same
   */
  own(end: () => Promise<void>): void;
  /** Aborted at the first interrupt. */
  readonly interrupt: AbortSignal;
  /** Settles at the first interrupt. */
  readonly interrupted: Promise<void>;
}

/**
 * Runs a command that starts servers and processes. When the command ends, or at the first interrupt, everything it started is ended, the last one
 * first. Later interrupts change nothing, so an impatient second Ctrl-C leaves nothing behind. Anything that could not be ended is reported on
 * standard error.
 *
 * @returns the command's exit status, or the signal's status if an interrupt made the command fail
 * @throws Error if the command fails without an interrupt
 */
export async function endingAllStarted(command: (started: Started) => Promise<number>): Promise<number> {
  const ends: (() => Promise<void>)[] = [];
  const failures: unknown[] = [];
  let ending = Promise.resolve();
  const endAll = () => {
    ending = ending.then(async () => {
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
        await end().catch((error: unknown) => failures.push(error));
      }
    });
    return ending;
  };
  const controller = new AbortController();
  const { promise: interrupted, resolve } = Promise.withResolvers<void>();
  let status: number | undefined;
  const stop = onInterrupt((signal) => {
    if (signal === "SIGHUP") ignoreClosedTerminal();
    status ??= statusOfSignal(signal);
    controller.abort(new Interrupted(`interrupted by ${signal}`));
    resolve();
    void endAll();
  });
  // Waiting for a signal does not keep a process running; a timer does.
  const keepRunning = setInterval(() => undefined, 2 ** 30);
  const own = (end: () => Promise<void>) => {
    ends.push(end);
    controller.signal.throwIfAborted();
  };
  try {
    return await command({ own, interrupt: controller.signal, interrupted });
  } catch (error) {
    // Any failure after an interrupt is a consequence of it.
    if (status === undefined) throw error;
    return status;
  } finally {
    await endAll();
    clearInterval(keepRunning);
    stop();
    if (failures.length > 0) process.stderr.write(`error: not everything could be ended: ${failures.join("; ")}\n`);
  }
}

/** Without this, a write to a closed terminal would end this process before everything else has ended. */
function ignoreClosedTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
