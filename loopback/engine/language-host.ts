/**
 * A stand-in for the Node language host, for a machine without the real one. It implements the host's part of the engine's protocol, and
 * runs the program with the runner in @pulumi/pulumi.
 * Source: https://github.com/pulumi/pulumi/blob/v3.256.0/proto/pulumi/language.proto
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import services from "@pulumi/pulumi/proto/language_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/language_pb.js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import { createServer, type ListeningServer, listen, UnimplementedError, unary } from "./protocol/grpc-server.ts";
import { type RequiredPackage, requiredPackages } from "./required-packages.ts";

/** The runner's exit status if it has already shown the program's error. */
const EXIT_ERROR_SHOWN = 32;

/** Serves the language host on a free port of 127.0.0.1. */
export function serveLanguageHost(): Promise<ListeningServer> {
  let engine = "";
  const server = createServer();
  server.addService(services.LanguageRuntimeService, {
    handshake: unary((request: proto.LanguageHandshakeRequest) => {
      engine = request.getEngineAddress();
      return new proto.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => new pluginProto.PluginInfo()),
    getRequiredPackages: unary((request: proto.GetRequiredPackagesRequest) => {
      const packages = requiredPackages(request.getInfo()?.getProgramDirectory() ?? "");
      return new proto.GetRequiredPackagesResponse().setPackagesList(packages.map(dependency));
    }),
    getRequiredPlugins: unary((): proto.GetRequiredPluginsResponse => {
      throw new UnimplementedError("method GetRequiredPlugins not implemented");
    }),
    cancel: unary(() => new emptyProto.Empty()),
    run: unary((request: proto.RunRequest) => run(request, engine)),
  });
  return listen(server);
}

function dependency({ name, version, server, parameterization }: RequiredPackage): pluginProto.PackageDependency {
  const message = new pluginProto.PackageDependency().setName(name).setKind("resource").setVersion(version);
  message.setServer(server);
  if (parameterization === undefined) return message;
  const parameter = new pluginProto.PackageParameterization().setName(parameterization.name);
  return message.setParameterization(parameter.setVersion(parameterization.version).setValue(parameterization.value));
}

async function run(request: proto.RunRequest, engine: string): Promise<proto.RunResponse> {
  const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run");
  const program = spawn(process.execPath, [runner, ...runnerArguments(request, engine)], {
    cwd: request.getPwd(),
    // The program must not read this process's standard input.
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  program.once("error", reject);
  program.once("exit", resolve);
  const code = await promise;
  if (code === 0) return new proto.RunResponse();
  if (code === EXIT_ERROR_SHOWN) return new proto.RunResponse().setBail(true);
  return new proto.RunResponse().setError(`the program exited with status ${code}`);
}

function runnerArguments(request: proto.RunRequest, engine: string): string[] {
  return [
    `--monitor=${request.getMonitorAddress()}`,
    `--engine=${engine}`,
    `--organization=${request.getOrganization()}`,
    `--project=${request.getProject()}`,
    `--root-directory=${request.getInfo()?.getRootDirectory() ?? request.getPwd()}`,
    `--stack=${request.getStack()}`,
    `--pwd=${request.getPwd()}`,
    `--parallel=${request.getParallel()}`,
    ...(request.getDryrun() ? ["--dry-run"] : []),
    request.getInfo()?.getEntryPoint() ?? request.getProgram(),
  ];
}
