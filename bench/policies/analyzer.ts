/** A client of the protocol by which the engine asks a policy pack. */
import { credentials } from "@grpc/grpc-js";
import analyzer from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type { AnalyzeRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";

/** A connection to a pack that serves. */
export interface Analyzer {
  /**
   * Asks about each resource in turn.
   *
   * @throws Error where a mandatory policy is violated: the benchmark's resources are in order, and a violation would cost other time
   */
  ask(requests: readonly AnalyzeRequest[]): Promise<void>;
  close(): void;
}

/** Connects to the pack that serves on a port. */
export function openAnalyzer(port: number): Analyzer {
  const client = new analyzer.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const remediate = (request: AnalyzeRequest) =>
    new Promise<void>((resolve, reject) => {
      client.remediate(request, (error) => (error === null ? resolve() : reject(error)));
    });
  const analyze = (request: AnalyzeRequest) =>
    new Promise<void>((resolve, reject) => {
      client.analyze(request, (error, response) => {
        const [violation] = error === null ? response.getDiagnosticsList() : [];
        if (error !== null) reject(error);
        else if (violation === undefined) resolve();
        else reject(new Error(violation.getMessage()));
      });
    });
  return {
    async ask(requests) {
      for (const request of requests) {
        await remediate(request);
        await analyze(request);
      }
    },
    close: () => client.close(),
  };
}
