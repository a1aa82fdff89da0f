/** The config of a tunnel over Cloudflare's official SDK: whole, with the parts that the provider does not show. */
import { BaseCloudflare } from "cloudflare/client";
import { z } from "zod";
import { type RawConfig, RawTunnel } from "../../hub/hosts/live-config.ts";
import { UserError } from "../../hub/values/user-error.ts";
import { answered, type CloudflareAccess, clientOptions } from "./cloudflare-api.ts";

/** Reads and replaces the config of one tunnel. */
export interface TunnelApi {
  /** @throws UserError if Cloudflare refuses or does not answer */
  read(): Promise<RawTunnel>;
  /**
   * Replaces the whole config.
   *
   * @throws UserError if Cloudflare refuses or does not answer
   */
  write(config: RawConfig): Promise<RawTunnel>;
}

const Envelope = z.looseObject({ result: z.unknown() });

/** Makes the API of one tunnel. */
export function tunnelApi(
  access: CloudflareAccess,
  { accountId, tunnelId }: { readonly accountId: string; readonly tunnelId: string },
): TunnelApi {
  // The requests name their path, so the client needs none of its named resources.
  const client = new BaseCloudflare(clientOptions(access));
  const path = `/accounts/${accountId}/cfd_tunnel/${tunnelId}/configurations`;
  const resultOf = async (request: Promise<unknown>) => parseTunnel(Envelope.parse(await answered(request)).result);
  return {
    read: () => resultOf(client.get(path)),
    write: (config) => resultOf(client.put(path, { body: { config } })),
  };
}

/**
 * Parses the answer to a request for a tunnel's config, without its envelope.
 *
 * @throws UserError naming the parts that are not as Cloudflare documents them
 */
export function parseTunnel(answer: unknown): RawTunnel {
  const { success, data, error } = RawTunnel.safeParse(answer);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`.replace(/^: /, ""));
  throw new UserError(
    `Cloudflare returned a tunnel's config that this program cannot read (${problems.join("; ")}); look at the tunnel at Cloudflare`,
  );
}
