import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";

/** A gRPC server that listens on 127.0.0.1. */
export interface ListeningServer {
  readonly port: number;
  close(): void;
}

/** Binds a server to a free port of 127.0.0.1. */
export function listen(server: Server): Promise<ListeningServer> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve({ port, close: () => server.forceShutdown() });
    });
  });
}

/** Makes a server without a limit on the size of messages: the engine's can be large. */
export function createServer(): Server {
  const unlimited = -1;
  return new Server({
    "grpc.max_receive_message_length": unlimited,
    "grpc.max_send_message_length": unlimited,
  });
}

/** The plugin does not implement the method. */
export class UnimplementedError extends Error {
  override readonly name = "UnimplementedError";
}

/** Makes a unary handler from a function. If the function throws, the engine gets the error's message without the stack. */
export function unary<Request, Response>(
  handle: (request: Request, peer: string) => Promise<Response> | Response,
): (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => void {
  return (call, callback) => {
    Promise.try(() => handle(call.request, call.getPeer())).then(
      (response) => callback(null, response),
      (error: unknown) =>
        callback({ code: codeOf(error), details: error instanceof Error ? error.message : String(error) }),
    );
  };
}

function codeOf(error: unknown): status {
  return error instanceof UnimplementedError ? status.UNIMPLEMENTED : status.UNKNOWN;
}
