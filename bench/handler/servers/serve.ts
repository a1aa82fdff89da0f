/** The end of a server's process that talks to the benchmark. */

/** What a server's process is given, in its arguments. */
export interface ServerArguments {
  readonly databaseUrl: string;
  /** A file that does not exist yet. */
  readonly spoolFile: string;
}

/** Reads what {@link ServerArguments} says. */
export function serverArguments(): ServerArguments {
  const [databaseUrl = "", spoolFile = ""] = process.argv.slice(2);
  return { databaseUrl, spoolFile };
}

/** Tells the benchmark the port, and ends with it. */
export function announce(port: number): void {
  process.once("disconnect", () => process.exit());
  process.send?.({ port });
}
