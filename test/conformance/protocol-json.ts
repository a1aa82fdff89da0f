/** Converts the provider protocol's messages from and to the JSON that the engine logs (protojson). */
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { z } from "zod";

type Fields = Readonly<Record<string, unknown>>;

const Text = z.string().default("");
const Flag = z.boolean().default(false);
const Bag = z.record(z.string(), z.unknown()).optional();
const OnResource = z.object({ id: Text, urn: Text, name: Text, type: Text, preview: Flag });

/** Makes a message's field from a property bag. An absent bag is an absent field. */
function struct(bag: unknown): structs.Struct | undefined {
  const fields = Bag.parse(bag);
  return fields && structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(fields)));
}

function bag(message: structs.Struct | undefined): Fields | undefined {
  return message?.toJavaScript();
}

/** Drops the fields that have their zero value, as protojson does. */
function present(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => {
      return !(value === undefined || value === "" || value === false || value === 0 || isEmptyList(value));
    }),
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Makes requests from their JSON. */
export const requestFrom = {
  check(fields: Fields): proto.CheckRequest {
    const { urn, name, type } = OnResource.parse(fields);
    const request = new proto.CheckRequest().setUrn(urn).setName(name).setType(type);
    return request.setNews(struct(fields.news)).setOlds(struct(fields.olds));
  },
  configure(fields: Fields): proto.ConfigureRequest {
    const { urn, name, type } = OnResource.parse(fields);
    const request = new proto.ConfigureRequest().setUrn(urn).setName(name).setType(type);
    return request.setArgs(struct(fields.args)).setAcceptsecrets(true).setAcceptresources(true);
  },
  diff(fields: Fields): proto.DiffRequest {
    const { id, urn, name, type } = OnResource.parse(fields);
    const request = new proto.DiffRequest().setId(id).setUrn(urn).setName(name).setType(type);
    return request.setOlds(struct(fields.olds)).setNews(struct(fields.news)).setOldInputs(struct(fields.oldInputs));
  },
  invoke({ tok, args, preview }: Fields): proto.InvokeRequest {
    return new proto.InvokeRequest().setTok(Text.parse(tok)).setArgs(struct(args)).setPreview(Flag.parse(preview));
  },
  parameterize({ value }: Fields): proto.ParameterizeRequest {
    const parameter = z.object({ name: Text, version: Text, value: Text }).parse(value);
    const message = new proto.ParameterizeRequest.ParametersValue().setName(parameter.name);
    return new proto.ParameterizeRequest().setValue(message.setVersion(parameter.version).setValue(parameter.value));
  },
  create(fields: Fields): proto.CreateRequest {
    const { urn, name, type, preview } = OnResource.parse(fields);
    const request = new proto.CreateRequest().setUrn(urn).setName(name).setType(type);
    return request.setPreview(preview).setProperties(struct(fields.properties));
  },
  read(fields: Fields): proto.ReadRequest {
    const { id, urn, name, type } = OnResource.parse(fields);
    const request = new proto.ReadRequest().setId(id).setUrn(urn).setName(name).setType(type);
    return request.setInputs(struct(fields.inputs)).setProperties(struct(fields.properties));
  },
  update(fields: Fields): proto.UpdateRequest {
    const { id, urn, name, type, preview } = OnResource.parse(fields);
    const request = new proto.UpdateRequest().setId(id).setUrn(urn).setName(name).setType(type).setPreview(preview);
    return request.setOlds(struct(fields.olds)).setNews(struct(fields.news)).setOldInputs(struct(fields.oldInputs));
  },
};

/** The name of a value in a protocol's enumeration; undefined for the zero value, which protojson leaves out. */
function nameIn(values: Readonly<Record<string, unknown>>, value: number): string | undefined {
  return value === 0 ? undefined : Object.keys(values).find((name) => values[name] === value);
}

/** Makes the JSON of answers. */
export const jsonOf = {
  check: (answer: proto.CheckResponse): Fields =>
    present({
      inputs: bag(answer.getInputs()),
      failures: answer.getFailuresList().map((failure) => present({ ...failure.toObject() })),
    }),
  configure: (answer: proto.ConfigureResponse): Fields =>
    present({
      acceptSecrets: answer.getAcceptsecrets(),
      acceptResources: answer.getAcceptresources(),
      acceptOutputs: answer.getAcceptoutputs(),
      supportsPreview: answer.getSupportspreview(),
      supportsAutonamingConfiguration: answer.getSupportsAutonamingConfiguration(),
    }),
  diff(answer: proto.DiffResponse): Fields {
    const detailed: Record<string, Fields> = {};
    answer.getDetaileddiffMap().forEach((change, path) => {
      const kind = nameIn({ ...proto.PropertyDiff.Kind }, change.getKind());
      detailed[path] = present({ kind, inputDiff: change.getInputdiff() });
    });
    return present({
      changes: nameIn({ ...proto.DiffResponse.DiffChanges }, answer.getChanges()),
      diffs: answer.getDiffsList(),
      replaces: answer.getReplacesList(),
      stables: answer.getStablesList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
      hasDetailedDiff: answer.getHasdetaileddiff(),
      detailedDiff: Object.keys(detailed).length === 0 ? undefined : detailed,
    });
  },
  invoke: (answer: proto.InvokeResponse): Fields =>
    present({
      return: bag(answer.getReturn()),
      failures: answer.getFailuresList().map((failure) => present({ ...failure.toObject() })),
    }),
  parameterize: (answer: proto.ParameterizeResponse): Fields =>
    present({ name: answer.getName(), version: answer.getVersion() }),
  create: (answer: proto.CreateResponse): Fields =>
    present({ id: answer.getId(), properties: bag(answer.getProperties()) }),
  read: (answer: proto.ReadResponse): Fields =>
    present({ id: answer.getId(), inputs: bag(answer.getInputs()), properties: bag(answer.getProperties()) }),
  update: (answer: proto.UpdateResponse): Fields => present({ properties: bag(answer.getProperties()) }),
};
