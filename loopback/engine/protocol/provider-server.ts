/**
 * A provider plugin that stands in for one that is not installed: the engine's provider protocol over gRPC, in front of plain resources.
 * Source: https://github.com/pulumi/pulumi/blob/v3.256.0/proto/pulumi/provider.proto
 */

import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import { diff } from "./diff.ts";
import { createServer, type ListeningServer, listen, unary } from "./grpc-server.ts";
import { fromStruct, type Properties, toStruct, UNKNOWN } from "./properties.ts";

/** What the cloud says of a resource. */
export interface LiveResource {
  readonly id: string;
  readonly outputs: Properties;
}

/** One resource type of a provider. `Client` is what its configuration gives. */
export interface ResourceStandIn<Client> {
  /** Inputs whose change replaces the resource. */
  readonly replaceOn: readonly string[];
  /** Optional inputs that the cloud fills in where the program is silent: their absence, or an empty text, is no change. */
  readonly computed: readonly string[];
  /** Outputs that a change of the resource may change too. */
  readonly volatile: readonly string[];
  /** The inputs that an import would write into the program. */
  importedInputs(outputs: Properties): Properties;
  create(client: Client, inputs: Properties): Promise<LiveResource>;
  /** Undefined where the resource is gone. `outputs` are the state's; empty on an import. */
  read(client: Client, id: string, outputs: Properties): Promise<LiveResource | undefined>;
  update(client: Client, id: string, inputs: Properties, outputs: Properties): Promise<Properties>;
  delete(client: Client, id: string, outputs: Properties): Promise<void>;
}

/** A provider: how it is configured, its resource types and its functions by token. */
export interface ProviderStandIn<Client> {
  readonly name: string;
  readonly version: string;
  configure(config: Properties): Client;
  readonly resources: Readonly<Record<string, ResourceStandIn<Client>>>;
  readonly functions: Readonly<Record<string, (client: Client, args: Properties) => Promise<Properties>>>;
}

/** Serves a provider on a free port of 127.0.0.1. */
export function serveProvider<Client>(provider: ProviderStandIn<Client>): Promise<ListeningServer> {
  // The engine opens one connection for each provider of the program, and one process answers them all.
  const clients = new Map<string, Client>();
  const client = (peer: string): Client => {
    const configured = clients.get(peer);
    if (configured === undefined) throw new Error(`the provider "${provider.name}" is not configured`);
    return configured;
  };
  const server = createServer();
  server.addService(services.ResourceProviderService, {
    ...lifecycle(provider, clients),
    ...resources(provider, client),
    invoke: unary(async (request: proto.InvokeRequest, peer) => {
      const call = provider.functions[request.getTok()];
      if (call === undefined) throw new Error(`the stand-in of "${provider.name}" has no function ${request.getTok()}`);
      return new proto.InvokeResponse().setReturn(toStruct(await call(client(peer), fromStruct(request.getArgs()))));
    }),
  });
  return listen(server);
}

function lifecycle<Client>(provider: ProviderStandIn<Client>, clients: Map<string, Client>) {
  return {
    handshake: unary(() => new proto.ProviderHandshakeResponse()),
    attach: unary(() => new emptyProto.Empty()),
    cancel: unary(() => new emptyProto.Empty()),
    getPluginInfo: unary(() => new pluginProto.PluginInfo().setVersion(provider.version)),
    parameterize: unary((request: proto.ParameterizeRequest) =>
      new proto.ParameterizeResponse()
        .setName(request.getValue()?.getName() ?? provider.name)
        .setVersion(request.getValue()?.getVersion() ?? provider.version),
    ),
    checkConfig: unary((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary((request: proto.DiffRequest) =>
      diff(fromStruct(request.getOldInputs() ?? request.getOlds()), fromStruct(request.getNews()), [], []),
    ),
    configure: unary((request: proto.ConfigureRequest, peer) => {
      clients.set(peer, provider.configure(fromStruct(request.getArgs())));
      return new proto.ConfigureResponse().setSupportspreview(true);
    }),
  };
}

function resources<Client>(provider: ProviderStandIn<Client>, client: (peer: string) => Client) {
  const resource = (type: string): ResourceStandIn<Client> => {
    const known = provider.resources[type];
    if (known === undefined) throw new Error(`the stand-in of "${provider.name}" has no resource type ${type}`);
    return known;
  };
  return {
    check: unary((request: proto.CheckRequest) => {
      resource(request.getType());
      return new proto.CheckResponse().setInputs(request.getNews());
    }),
    diff: unary((request: proto.DiffRequest) => {
      const { replaceOn, computed } = resource(request.getType());
      return diff(
        { ...fromStruct(request.getOldInputs()), ...inputsOf(request) },
        fromStruct(request.getNews()),
        replaceOn,
        computed,
      );
    }),
    create: unary(async (request: proto.CreateRequest, peer) => {
      const known = resource(request.getType());
      const inputs = fromStruct(request.getProperties());
      if (request.getPreview()) return new proto.CreateResponse().setProperties(toStruct(planned(known, inputs, {})));
      const { id, outputs } = await known.create(client(peer), inputs);
      return new proto.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    read: unary(async (request: proto.ReadRequest, peer) => {
      const known = resource(request.getType());
      const live = await known.read(client(peer), request.getId(), fromStruct(request.getProperties()));
      if (live === undefined) return new proto.ReadResponse();
      const inputs = refreshedInputs(known, fromStruct(request.getInputs()), live.outputs);
      return new proto.ReadResponse().setId(live.id).setProperties(toStruct(live.outputs)).setInputs(toStruct(inputs));
    }),
    update: unary(async (request: proto.UpdateRequest, peer) => {
      const known = resource(request.getType());
      const [inputs, outputs] = [fromStruct(request.getNews()), fromStruct(request.getOlds())];
      const updated = request.getPreview()
        ? planned(known, inputs, outputs)
        : await known.update(client(peer), request.getId(), inputs, outputs);
      return new proto.UpdateResponse().setProperties(toStruct(updated));
    }),
    delete: unary(async (request: proto.DeleteRequest, peer) => {
      await resource(request.getType()).delete(client(peer), request.getId(), fromStruct(request.getProperties()));
      return new emptyProto.Empty();
    }),
  };
}

/** The state's values of the inputs that the program once gave: what a refresh found is in the outputs. */
function inputsOf(request: proto.DiffRequest): Properties {
  const outputs = fromStruct(request.getOlds());
  const news = fromStruct(request.getNews());
  return Object.fromEntries(Object.keys(news).flatMap((key) => (key in outputs ? [[key, outputs[key]]] : [])));
}

/** On an import all inputs that the cloud knows; else the live values of the inputs that the program gave. */
function refreshedInputs<Client>(known: ResourceStandIn<Client>, inputs: Properties, outputs: Properties): Properties {
  if (Object.keys(inputs).length === 0) return known.importedInputs(outputs);
  return Object.fromEntries(Object.keys(inputs).map((key) => [key, key in outputs ? outputs[key] : inputs[key]]));
}

function planned<Client>(known: ResourceStandIn<Client>, inputs: Properties, outputs: Properties): Properties {
  const unknown = known.volatile.map((key) => [key, UNKNOWN]);
  return { ...outputs, ...Object.fromEntries(unknown), ...inputs };
}
