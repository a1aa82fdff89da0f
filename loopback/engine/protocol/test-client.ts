/** The engine's side of the provider protocol, for tests of the stand-ins. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import type pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { z } from "zod";
import { fromStruct, type Properties } from "./properties.ts";

/** A resource as the engine keeps it in the state. */
export interface ResourceState {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** A diff, with the protocol's own numbers. */
export interface TestDiff {
  readonly changes: number;
  /** The top-level properties that change. */
  readonly diffs: readonly string[];
  /** The kind of change by path; 4 is UPDATE. Empty if the provider sends no detailed diff. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly replaces: readonly string[];
}

/** The engine's operations on a provider, over one connection. */
export interface TestEngine {
  readonly client: services.ResourceProviderClient;
  configure(config: Properties): Promise<void>;
  diff(type: string, state: Omit<ResourceState, "id">, inputs: Properties): Promise<TestDiff>;
  create(type: string, inputs: Properties, preview?: boolean): Promise<ResourceState>;
  /** Reads a resource that is not in the state; undefined if it does not exist. */
  importResource(type: string, id: string): Promise<ResourceState | undefined>;
  refresh(type: string, state: ResourceState): Promise<ResourceState | undefined>;
  update(type: string, state: ResourceState, inputs: Properties, preview?: boolean): Promise<ResourceState>;
  delete(type: string, state: ResourceState): Promise<void>;
  invoke(token: string, args: Properties): Promise<Properties>;
  close(): void;
}

/** Connects to a provider on 127.0.0.1. */
export function connectEngine(port: number): TestEngine {
  const client = new services.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    // By default the clients of a process share a connection.
    "grpc.use_local_subchannel_pool": 1,
  });
  return { client, ...lifecycle(client), ...resources(client), close: () => client.close() };
}

/** Makes one call of the protocol, and returns its answer. */
export function ask<Response>(
  call: (callback: (error: ServiceError | null, response: Response) => void) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error) reject(new Error(error.details));
      else resolve(response);
    });
  });
}

function lifecycle(client: services.ResourceProviderClient) {
  return {
    async configure(config: Properties): Promise<void> {
      const request = new proto.ConfigureRequest().setArgs(struct(config)).setAcceptsecrets(true);
      await ask<proto.ConfigureResponse>((done) => client.configure(request, done));
    },
    async invoke(token: string, args: Properties): Promise<Properties> {
      const request = new proto.InvokeRequest().setTok(token).setArgs(struct(args));
      return fromStruct((await ask<proto.InvokeResponse>((done) => client.invoke(request, done))).getReturn());
    },
  };
}

function resources(client: services.ResourceProviderClient) {
  const read = async (type: string, { id, inputs, outputs }: ResourceState) => {
    const request = new proto.ReadRequest().setType(type).setId(id);
    request.setInputs(struct(inputs)).setProperties(struct(outputs));
    const live = await ask<proto.ReadResponse>((done) => client.read(request, done));
    if (live.getId() === "") return undefined;
    return { id: live.getId(), inputs: fromStruct(live.getInputs()), outputs: fromStruct(live.getProperties()) };
  };
  return {
    importResource: (type: string, id: string) => read(type, { id, inputs: {}, outputs: {} }),
    refresh: read,
    async diff(type: string, state: Omit<ResourceState, "id">, inputs: Properties): Promise<TestDiff> {
      const request = new proto.DiffRequest().setType(type).setNews(struct(inputs));
      request.setOlds(struct(state.outputs)).setOldInputs(struct(state.inputs));
      const answer = await ask<proto.DiffResponse>((done) => client.diff(request, done));
      return {
        changes: answer.getChanges(),
        diffs: answer.getDiffsList(),
        kinds: kindsOf(answer),
        replaces: answer.getReplacesList(),
      };
    },
    async create(type: string, inputs: Properties, preview = false): Promise<ResourceState> {
      const request = new proto.CreateRequest()
        .setType(type)
        .setName("test")
        .setProperties(struct(inputs))
        .setPreview(preview);
      const created = await ask<proto.CreateResponse>((done) => client.create(request, done));
      return { id: created.getId(), inputs, outputs: fromStruct(created.getProperties()) };
    },
    async update(type: string, state: ResourceState, inputs: Properties, preview = false): Promise<ResourceState> {
      const request = new proto.UpdateRequest().setType(type).setId(state.id).setPreview(preview);
      request.setOlds(struct(state.outputs)).setOldInputs(struct(state.inputs)).setNews(struct(inputs));
      const updated = await ask<proto.UpdateResponse>((done) => client.update(request, done));
      return { id: state.id, inputs, outputs: fromStruct(updated.getProperties()) };
    },
    async delete(type: string, { id, inputs, outputs }: ResourceState): Promise<void> {
      const request = new proto.DeleteRequest().setType(type).setId(id);
      request.setProperties(struct(outputs)).setOldInputs(struct(inputs));
      await ask<emptyProto.Empty>((done) => client.delete(request, done));
    },
  };
}

/** The kinds of change in a detailed diff, by path. */
export function kindsOf(answer: proto.DiffResponse): Record<string, number> {
  const kinds: Record<string, number> = {};
  answer.getDetaileddiffMap().forEach((change, path) => {
    kinds[path] = change.getKind();
  });
  return kinds;
}

/** The version that a plugin reports. */
export async function pluginVersion(engine: TestEngine): Promise<string> {
  const info = await ask<pluginProto.PluginInfo>((done) => engine.client.getPluginInfo(new emptyProto.Empty(), done));
  return info.getVersion();
}

/** A secret in the protocol (pulumi/pulumi, `resource.SigKey`, `resource.SecretSig`). */
export function secret(value: unknown): Properties {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

function struct(properties: Properties): structs.Struct {
  return structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

/** A process of `main.ts`. */
export interface StandInProcess {
  readonly ports: Readonly<Record<string, number>>;
  /** Ends its standard input, and returns its exit status. */
  close(): Promise<number | null>;
}

/** Runs `main.ts` for the named plugins, as the tool does when it starts the engine. */
export async function startStandIns(
  names: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<StandInProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("../main.ts", import.meta.url)), ...names], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve));
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return {
    ports: z.record(z.string(), z.number()).parse(JSON.parse(z.string().parse(value))),
    close() {
      child.stdin.end();
      return exit;
    },
  };
}
