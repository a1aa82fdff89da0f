/** The connection of a server's process to the benchmark. */

/** The arguments of a server's process. */
export interface ServerArguments {
  readonly databaseUrl: string;
  /** A file that does not exist yet. */
  readonly spoolFile: string;
}

/** Reads the arguments of this process. */
export function serverArguments(): ServerArguments {
  const [databaseUrl = "", spoolFile = ""] = process.argv.slice(2);
  return { databaseUrl, spoolFile };
}

/**
 * Sends the port to the benchmark, answers each of its messages with the most memory that this process took, in bytes, and ends this process
 * when the benchmark disconnects.
 */
export function announce(port: number): void {
  process.once("disconnect", () => process.exit());
  process.on("message", () => process.send?.({ peakMemory: process.resourceUsage().maxRSS * 1_024 }));
  process.send?.({ port });
}
