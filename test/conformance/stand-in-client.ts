/** Sends recorded calls to a stand-in. */
import { credentials, type ServiceError, status } from "@grpc/grpc-js";
import languageServices from "@pulumi/pulumi/proto/language_grpc_pb.js";
import languageProto from "@pulumi/pulumi/proto/language_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { z } from "zod";
import type { RecordedCall } from "../../tools/recordings/fixture.ts";
import { jsonOf, requestFrom } from "./protocol-json.ts";

/** An answer, in the form of a recorded one. */
export type Answer = Pick<RecordedCall, "response" | "errors">;
type Fields = RecordedCall["request"];
type Call<Response> = (done: (error: ServiceError | null, response: Response) => void) => void;

/** A connection to one stand-in. */
export interface StandInClient {
  /** Sends the request of a recorded call. Its response is not read. */
  send(call: RecordedCall): Promise<Answer>;
  close(): void;
}

/** Connects to a provider's stand-in. */
export function connectProvider(port: number): StandInClient {
  const client = new services.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  });
  const methods: Readonly<Record<string, (fields: Fields) => Promise<Answer>>> = {
    CheckConfig: (fields) => answer((done) => client.checkConfig(requestFrom.check(fields), done), jsonOf.check),
    DiffConfig: (fields) => answer((done) => client.diffConfig(requestFrom.diff(fields), done), jsonOf.diff),
    Configure: (fields) => answer((done) => client.configure(requestFrom.configure(fields), done), jsonOf.configure),
    Parameterize: (fields) =>
      answer((done) => client.parameterize(requestFrom.parameterize(fields), done), jsonOf.parameterize),
    Invoke: (fields) => answer((done) => client.invoke(requestFrom.invoke(fields), done), jsonOf.invoke),
    Check: (fields) => answer((done) => client.check(requestFrom.check(fields), done), jsonOf.check),
    Diff: (fields) => answer((done) => client.diff(requestFrom.diff(fields), done), jsonOf.diff),
    Create: (fields) => answer((done) => client.create(requestFrom.create(fields), done), jsonOf.create),
    Read: (fields) => answer((done) => client.read(requestFrom.read(fields), done), jsonOf.read),
    Update: (fields) => answer((done) => client.update(requestFrom.update(fields), done), jsonOf.update),
  };
  return { send: (call) => byMethod(methods, call), close: () => client.close() };
}

const Info = z.object({ programDirectory: z.string(), rootDirectory: z.string(), entryPoint: z.string() });

/** Connects to the language host's stand-in. */
export function connectLanguageHost(port: number): StandInClient {
  const client = new languageServices.LanguageRuntimeClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const methods = {
    GetRequiredPackages: ({ info }: Fields) => {
      const { programDirectory, rootDirectory, entryPoint } = Info.parse(info);
      const program = new languageProto.ProgramInfo().setProgramDirectory(programDirectory);
      program.setRootDirectory(rootDirectory).setEntryPoint(entryPoint);
      const request = new languageProto.GetRequiredPackagesRequest().setInfo(program);
      return answer((done) => client.getRequiredPackages(request, done), packagesJson);
    },
  };
  return { send: (call) => byMethod(methods, call), close: () => client.close() };
}

function packagesJson(response: languageProto.GetRequiredPackagesResponse): Fields {
  const packages = response.getPackagesList().map((found) => {
    const parameter = found.getParameterization();
    return {
      kind: found.getKind(),
      name: found.getName(),
      version: found.getVersion(),
      ...(found.getServer() !== "" && { server: found.getServer() }),
      ...(parameter && {
        parameterization: {
          name: parameter.getName(),
          version: parameter.getVersion(),
          value: parameter.getValue_asB64(),
        },
      }),
    };
  });
  return packages.length === 0 ? {} : { packages };
}

function byMethod(
  methods: Readonly<Record<string, (fields: Fields) => Promise<Answer>>>,
  { method, request }: RecordedCall,
): Promise<Answer> {
  const send = methods[method.slice(method.indexOf("/") + 1)];
  if (send === undefined) throw new Error(`the replay does not know ${method}`);
  return send(request);
}

function answer<Response>(call: Call<Response>, json: (response: Response) => Fields): Promise<Answer> {
  return new Promise((resolve) => {
    call((error, response) => resolve(error ? { errors: [errorText(error)] } : { response: json(response) }));
  });
}

/** The error as the engine's gRPC library writes it. */
function errorText({ code, details }: ServiceError): string {
  const words = String(status[code]).toLowerCase().split("_");
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return `rpc error: code = ${name} desc = ${details}`;
}
