/**
 * Serves a stand-in for a provider plugin over gRPC, with the engine's provider protocol.
 * Source: https://github.com/pulumi/pulumi/blob/v3.256.0/proto/pulumi/provider.proto
 */

import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import type structs from "google-protobuf/google/protobuf/struct_pb.js";
import { createServer, type ListeningServer, listen, unary } from "./grpc-server.ts";
import { fromStruct, type Properties, rawFromStruct, toStruct } from "./properties.ts";

/** A resource as the cloud has it. */
export interface LiveResource {
  readonly id: string;
  readonly outputs: Properties;
}

/** A resource in the state. */
export interface StateProperties {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** A resource type of a provider. `Client` is the provider's configured client. */
export interface ResourceStandIn<Client> {
  diff(state: StateProperties, inputs: Properties): proto.DiffResponse;
  /** The ID in a preview of a create. Missing if the provider shows none. */
  plannedId?(name: string): string;
  /** The outputs in a preview of a create or an update. `outputs` are the earlier ones; empty for a create. */
  plan(inputs: Properties, outputs: Properties): Properties;
  /** The inputs after an import. */
  importedInputs(outputs: Properties): Properties;
  /** The inputs after a refresh: the live values of the inputs in the state. */
  refreshedInputs(inputs: Properties, outputs: Properties): Properties;
  create(client: Client, inputs: Properties, name: string): Promise<LiveResource>;
  /** Reads the resource; undefined if it does not exist. The state's properties are empty on an import. */
  read(client: Client, id: string, state: StateProperties): Promise<LiveResource | undefined>;
  update(client: Client, id: string, inputs: Properties, outputs: Properties): Promise<Properties>;
  delete(client: Client, id: string, outputs: Properties): Promise<void>;
}

/** A provider: its configuration, and its resource types and functions by token. */
export interface ProviderStandIn<Client> {
  readonly name: string;
  readonly version: string;
  /** Part of its answer to `Configure`. With `acceptSecrets` its resources get secrets with the engine's marks. */
  readonly abilities: {
    readonly acceptSecrets: boolean;
    readonly acceptOutputs: boolean;
    readonly autonaming: boolean;
  };
  checkConfig(request: proto.CheckRequest): proto.CheckResponse;
  diffConfig(): proto.DiffResponse;
  parameterize?(value: proto.ParameterizeRequest.ParametersValue | undefined): proto.ParameterizeResponse;
  configure(config: Properties): Client;
  readonly resources: Readonly<Record<string, ResourceStandIn<Client>>>;
  readonly functions: Readonly<Record<string, (client: Client, args: Properties) => Promise<Properties>>>;
}

/** Serves a provider on a free port of 127.0.0.1. */
export function serveProvider<Client>(provider: ProviderStandIn<Client>): Promise<ListeningServer> {
  // The engine opens a connection for each provider of the program, and this one process answers all of them.
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
  const { acceptSecrets, acceptOutputs, autonaming } = provider.abilities;
  return {
    handshake: unary(() => new proto.ProviderHandshakeResponse()),
    attach: unary(() => new emptyProto.Empty()),
    cancel: unary(() => new emptyProto.Empty()),
    getPluginInfo: unary(() => new pluginProto.PluginInfo().setVersion(provider.version)),
    parameterize: unary((request: proto.ParameterizeRequest) => {
      if (provider.parameterize === undefined) throw new Error(`the provider "${provider.name}" takes no parameter`);
      return provider.parameterize(request.getValue());
    }),
    checkConfig: unary((request: proto.CheckRequest) => provider.checkConfig(request)),
    diffConfig: unary(() => provider.diffConfig()),
    configure: unary((request: proto.ConfigureRequest, peer) => {
      clients.set(peer, provider.configure(fromStruct(request.getArgs())));
      return new proto.ConfigureResponse()
        .setSupportspreview(true)
        .setAcceptresources(true)
        .setAcceptsecrets(acceptSecrets)
        .setAcceptoutputs(acceptOutputs)
        .setSupportsAutonamingConfiguration(autonaming);
    }),
  };
}

function resources<Client>(provider: ProviderStandIn<Client>, client: (peer: string) => Client) {
  const resource = (type: string): ResourceStandIn<Client> => {
    const known = provider.resources[type];
    if (known === undefined) throw new Error(`the stand-in of "${provider.name}" has no resource type ${type}`);
    return known;
  };
  const bag = (struct: structs.Struct | undefined) =>
    provider.abilities.acceptSecrets ? rawFromStruct(struct) : fromStruct(struct);
  return {
    check: unary((request: proto.CheckRequest) => {
      resource(request.getType());
      return new proto.CheckResponse().setInputs(request.getNews());
    }),
    diff: unary((request: proto.DiffRequest) => {
      const state = { inputs: bag(request.getOldInputs()), outputs: bag(request.getOlds()) };
      return resource(request.getType()).diff(state, bag(request.getNews()));
    }),
    create: unary(async (request: proto.CreateRequest, peer) => {
      const known = resource(request.getType());
      const inputs = bag(request.getProperties());
      if (request.getPreview()) {
        const id = known.plannedId?.(request.getName()) ?? "";
        return new proto.CreateResponse().setId(id).setProperties(toStruct(known.plan(inputs, {})));
      }
      const { id, outputs } = await known.create(client(peer), inputs, request.getName());
      return new proto.CreateResponse().setId(id).setProperties(toStruct(outputs));
    }),
    read: unary(async (request: proto.ReadRequest, peer) => {
      const known = resource(request.getType());
      const state = { inputs: bag(request.getInputs()), outputs: bag(request.getProperties()) };
      const live = await known.read(client(peer), request.getId(), state);
      if (live === undefined) return new proto.ReadResponse().setProperties(toStruct({})).setInputs(toStruct({}));
      const isImport = Object.keys(state.outputs).length === 0;
      const inputs = isImport ? known.importedInputs(live.outputs) : known.refreshedInputs(state.inputs, live.outputs);
      return new proto.ReadResponse().setId(live.id).setProperties(toStruct(live.outputs)).setInputs(toStruct(inputs));
    }),
    update: unary(async (request: proto.UpdateRequest, peer) => {
      const known = resource(request.getType());
      const [inputs, outputs] = [bag(request.getNews()), bag(request.getOlds())];
      const updated = request.getPreview()
        ? known.plan(inputs, outputs)
        : await known.update(client(peer), request.getId(), inputs, outputs);
      return new proto.UpdateResponse().setProperties(toStruct(updated));
    }),
    delete: unary(async (request: proto.DeleteRequest, peer) => {
      await resource(request.getType()).delete(client(peer), request.getId(), bag(request.getProperties()));
      return new emptyProto.Empty();
    }),
  };
}
