/** A client of the protocol between the engine and a policy pack. */
import { credentials } from "@grpc/grpc-js";
import analyzer from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type { AnalyzeRequest } from "@pulumi/pulumi/proto/analyzer_pb.js";

/** A connection to a pack that serves. */
export interface Analyzer {
  /**
   * Sends each resource in turn, to be remediated and analysed.
   *
   * @throws Error if a policy is violated: the benchmark's resources violate none, and a violation would take a different time
   */
  analyze(requests: readonly AnalyzeRequest[]): Promise<void>;
  close(): void;
}

/** Connects to the policy pack that serves on a port. */
export function openAnalyzer(port: number): Analyzer {
  const client = new analyzer.AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const remediateOne = (request: AnalyzeRequest) =>
    new Promise<void>((resolve, reject) => {
      client.remediate(request, (error) => (error === null ? resolve() : reject(error)));
    });
  const analyzeOne = (request: AnalyzeRequest) =>
    new Promise<void>((resolve, reject) => {
      client.analyze(request, (error, response) => {
        const [violation] = error === null ? response.getDiagnosticsList() : [];
        if (error !== null) reject(error);
        else if (violation === undefined) resolve();
        else reject(new Error(violation.getMessage()));
      });
    });
  return {
    async analyze(requests) {
      for (const request of requests) {
        await remediateOne(request);
        await analyzeOne(request);
      }
    },
    close: () => client.close(),
  };
}
