/** A recorded run as a file: the engine's calls to the language host and to provider plugins, in order. */
import { z } from "zod";

const Fields = z.record(z.string(), z.unknown());

/** A call and its answer, as in the engine's gRPC log, but without the method's prefix `/pulumirpc.`. */
export const RecordedCall = z.strictObject({
  method: z.string(),
  request: Fields,
  response: Fields.optional(),
  /** The gRPC error, if the call failed: `rpc error: code = Unknown desc = …`. */
  errors: z.array(z.string()).optional(),
});
export type RecordedCall = z.infer<typeof RecordedCall>;

/**
 * Reads a fixture's text.
 *
 * @throws ZodError or SyntaxError if it is not a fixture
 */
export function parseFixture(text: string): RecordedCall[] {
  return z.array(RecordedCall).parse(JSON.parse(text));
}

/** Writes calls as a fixture's text. Method, request and answer have a line each, so that a diff shows which of them changed. */
export function formatFixture(calls: readonly RecordedCall[]): string {
  return `[\n${calls.map(formatCall).join(",\n")}\n]\n`;
}

function formatCall({ method, request, response, errors }: RecordedCall): string {
  const answer =
    errors === undefined ? `"response":${JSON.stringify(response ?? {})}` : `"errors":${JSON.stringify(errors)}`;
  return `{"method":${JSON.stringify(method)},\n "request":${JSON.stringify(request)},\n ${answer}}`;
}
