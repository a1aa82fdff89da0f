/**
 * Reads the engine's log of its gRPC calls (`PULUMI_DEBUG_GRPC=FILE`): a line of JSON when a call begins, and one when it ends.
 * Source: https://github.com/pulumi/pulumi/blob/v3.256.0/sdk/go/pulumi-internal/rpcdebug/interceptors.go
 */
import { z } from "zod";
import { parseFixture, type RecordedCall } from "./fixture.ts";

const Fields = z.record(z.string(), z.unknown());

const LogEntry = z.object({
  method: z.string(),
  request: Fields.nullish(),
  response: Fields.nullish(),
  errors: z.array(z.string()).nullish(),
  progress: z.string().nullish(),
});
type LogEntry = z.infer<typeof LogEntry>;

const PACKAGE = "/pulumirpc.";

/** The methods in a fixture. The rest of the log is the engine's calls to itself, handshakes, and the plugins' schemas. */
const METHODS = [
  "LanguageRuntime/GetRequiredPackages",
  ...["Parameterize", "CheckConfig", "DiffConfig", "Configure"].map(ofProvider),
  ...["Check", "Diff", "Create", "Read", "Update", "Delete", "Invoke"].map(ofProvider),
];

/**
 * Returns the calls of a log, in the order in which they ended. The text of a fixture is read too.
 *
 * @throws Error naming the first line that is not an entry of a log
 */
export function readLog(text: string): RecordedCall[] {
  if (text.trimStart().startsWith("[")) return parseFixture(text);
  return text.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : callOf(line, index + 1)));
}

function callOf(line: string, number: number): RecordedCall[] {
  const { method, request, response, errors, progress } = readEntry(line, number);
  const name = method.startsWith(PACKAGE) ? method.slice(PACKAGE.length) : method;
  if (!METHODS.includes(name) || progress === "request_started") return [];
  if (errors?.length) return [{ method: name, request: request ?? {}, errors }];
  return [{ method: name, request: request ?? {}, response: response ?? {} }];
}

function readEntry(line: string, number: number): LogEntry {
  const parsed = LogEntry.safeParse(jsonOf(line));
  if (parsed.success) return parsed.data;
  throw new Error(`line ${number} is not an entry of an engine's gRPC log: ${z.prettifyError(parsed.error)}`);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function ofProvider(method: string): string {
  return `ResourceProvider/${method}`;
}
