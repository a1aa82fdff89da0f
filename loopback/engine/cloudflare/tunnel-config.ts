/** The resource `ZeroTrustTunnelCloudflaredConfig`: the whole ingress of a tunnel. */
import { isDeepStrictEqual } from "node:util";
import type Cloudflare from "cloudflare";
import { z } from "zod";
import { bridgedResource } from "../protocol/bridged-resource.ts";
import { parse } from "../protocol/parse.ts";
import { type Properties, UNKNOWN, withoutNulls, withoutZeroValues } from "../protocol/properties.ts";
import { answered } from "./client.ts";
import { fromApi, toApi } from "./origin-request.ts";
import { identify, readOrGone, wholeSeconds } from "./read.ts";

const TYPE = "ZeroTrustTunnelCloudflaredConfig";

const OriginRequest = z.record(z.string(), z.unknown()).exactOptional();

const Rule = z.strictObject({
  hostname: z.string().exactOptional(),
  path: z.string().exactOptional(),
  service: z.string(),
  originRequest: OriginRequest,
});

const Inputs = z.strictObject({
  accountId: z.string(),
  tunnelId: z.string(),
  source: z.string().exactOptional(),
  config: z.strictObject({ ingresses: z.array(Rule).exactOptional(), originRequest: OriginRequest }).exactOptional(),
});
type Inputs = z.infer<typeof Inputs>;

const LiveSettings = z.record(z.string(), z.unknown()).nullish();
const Live = z.object({
  config: z
    .object({
      ingress: z
        .array(
          z.object({
            hostname: z.string().nullish(),
            path: z.string().nullish(),
            service: z.string(),
            originRequest: LiveSettings,
          }),
        )
        .nullish(),
      originRequest: LiveSettings,
    })
    .nullish(),
  source: z.string().optional(),
  version: z.number().optional(),
  created_at: z.string().optional(),
});

const Envelope = z.object({ result: Live });

/** The resource. Its ID is the tunnel's ID; its import ID is `<account>/<tunnel>`. */
export const tunnelConfig = bridgedResource<Cloudflare>({
  replaceOn: ["accountId", "tunnelId"],
  plan,
  importedInputs: ({ accountId, tunnelId, source, config }) => ({
    ...{ accountId, tunnelId, source, config: withoutZeroValues(config) },
  }),
  async create(client, inputs) {
    const { tunnelId } = parse(Inputs, inputs, TYPE);
    return { id: tunnelId, outputs: await put(client, inputs) };
  },
  read(client, id, outputs) {
    const { parent, own, imported } = identify(id, outputs.accountId);
    return readOrGone(imported, async () => ({ id: own, outputs: { id: own, ...(await get(client, parent, own)) } }));
  },
  update: (client, _id, inputs) => put(client, inputs),
  // Cloudflare's API cannot delete a tunnel's config, and the provider's delete does nothing.
  delete: async () => undefined,
});

/** The function that reads the live config of a tunnel. */
export function getTunnelConfig(client: Cloudflare, args: Properties): Promise<Properties> {
  const { accountId, tunnelId } = parse(Inputs.pick({ accountId: true, tunnelId: true }), args, TYPE);
  return get(client, accountId, tunnelId);
}

/**
 * Plans an update. If the program leaves out the source, it stays; if it leaves out the config, it is removed. A change makes the version and
 * its time unknown.
 */
function plan(properties: Properties, state: Properties): Properties {
  const inputs = parse(Inputs, properties, TYPE);
  const proposed = { ...state, config: undefined, ...inputs };
  if (isDeepStrictEqual(withoutNulls(proposed), withoutNulls(state))) return proposed;
  const computed = { id: state.id ?? UNKNOWN, createdAt: UNKNOWN, version: UNKNOWN, source: UNKNOWN, config: UNKNOWN };
  return { ...proposed, ...computed, ...inputs };
}

async function get(client: Cloudflare, accountId: string, tunnelId: string): Promise<Properties> {
  const answer = await answered(client.get(pathOf(accountId, tunnelId)));
  return outputs(accountId, tunnelId, Envelope.parse(answer).result);
}

async function put(client: Cloudflare, properties: Properties): Promise<Properties> {
  const inputs = parse(Inputs, properties, TYPE);
  const { accountId, tunnelId } = inputs;
  const answer = await answered(client.put(pathOf(accountId, tunnelId), { body: body(inputs) }));
  return { id: tunnelId, ...outputs(accountId, tunnelId, Envelope.parse(answer).result) };
}

function pathOf(accountId: string, tunnelId: string): string {
  return `/accounts/${accountId}/cfd_tunnel/${tunnelId}/configurations`;
}

function body({ config: { ingresses = [], originRequest } = {}, source }: Inputs): Properties {
  const ingress = ingresses.map(({ originRequest: settings, ...rule }, index) => ({
    ...rule,
    ...(settings && { originRequest: toApi(settings, `${TYPE}.config.ingresses[${index}].originRequest`) }),
  }));
  const settings = originRequest && { originRequest: toApi(originRequest, `${TYPE}.config.originRequest`) };
  return { config: { ingress, ...settings }, ...(source !== undefined && { source }) };
}

function outputs(accountId: string, tunnelId: string, live: z.infer<typeof Live>): Properties {
  const ingresses = (live.config?.ingress ?? []).map(({ hostname, path, service, originRequest }) => ({
    // An empty text or object from the API does not count as missing: the provider keeps it, and sees a change.
    ...{ hostname, path, service },
    ...(originRequest && { originRequest: fromApi(originRequest) }),
  }));
  const settings = live.config?.originRequest && { originRequest: fromApi(live.config.originRequest) };
  return {
    ...{ accountId, tunnelId, source: live.source, version: live.version, createdAt: wholeSeconds(live.created_at) },
    config: withoutNulls({ ingresses, ...settings }),
  };
}
