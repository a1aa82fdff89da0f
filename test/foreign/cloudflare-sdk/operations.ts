/** The operations of Cloudflare's API that the loopback serves, with the official SDK's types for their parameters and results. */

/** The imports of the types. */
export const IMPORTS = `
import type * as Configurations from "cloudflare/resources/zero-trust/tunnels/cloudflared/configurations";
import type * as Tunnels from "cloudflare/resources/zero-trust/tunnels/cloudflared/cloudflared";
import type * as Records from "cloudflare/resources/dns/records";
import type * as Zones from "cloudflare/resources/zones/zones";
import type * as Shared from "cloudflare/resources/shared";
import type { V4PagePaginationArrayResponse } from "cloudflare/core/pagination";

/** The envelope (https://developers.cloudflare.com/fundamentals/api/reference/): the SDK has types for its parts. */
interface Envelope { success: true; errors: Shared.ResponseInfo[]; messages: Shared.ResponseInfo[] }
interface One<Result> extends Envelope { result: Result }
type Page<Item> = Envelope & V4PagePaginationArrayResponse<Item>;
interface Refusal { success: false; errors: [Shared.ResponseInfo, ...Shared.ResponseInfo[]]; messages: Shared.ResponseInfo[]; result: null }
type Kind<Union, Type> = Extract<Union, { type?: Type }>;
`;

/** An operation's types, as TypeScript. */
export interface Operation {
  readonly params: string;
  readonly answer: string;
}

/** The operations, each under its method and its route. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /zones": { params: "Zones.ZoneListParams", answer: "Page<Zones.Zone>" },
  "GET /accounts/:account_id/cfd_tunnel": {
    params: "Tunnels.CloudflaredListParams",
    answer: "Page<Shared.CloudflareTunnel>",
  },
  "GET /accounts/:account_id/cfd_tunnel/:tunnel": {
    params: "Tunnels.CloudflaredGetParams",
    answer: "One<Shared.CloudflareTunnel>",
  },
  "GET /accounts/:account_id/cfd_tunnel/:tunnel/configurations": {
    params: "Configurations.ConfigurationGetParams",
    answer: "One<Configurations.ConfigurationGetResponse>",
  },
  "PUT /accounts/:account_id/cfd_tunnel/:tunnel/configurations": {
    params: "Configurations.ConfigurationUpdateParams",
    answer: "One<Configurations.ConfigurationUpdateResponse>",
  },
  "GET /zones/:zone_id/dns_records": {
    params: "Records.RecordListParams",
    answer: 'Page<Kind<Records.RecordResponse, "CNAME" | "A">>',
  },
  "POST /zones/:zone_id/dns_records": {
    params: 'Kind<Records.RecordCreateParams, "CNAME" | "A">',
    answer: 'One<Kind<Records.RecordResponse, "CNAME" | "A">>',
  },
  "GET /zones/:zone_id/dns_records/:id": {
    params: "Records.RecordGetParams",
    answer: 'One<Kind<Records.RecordResponse, "CNAME" | "A">>',
  },
  "PUT /zones/:zone_id/dns_records/:id": {
    params: 'Kind<Records.RecordUpdateParams, "CNAME" | "A">',
    answer: 'One<Kind<Records.RecordResponse, "CNAME" | "A">>',
  },
  "PATCH /zones/:zone_id/dns_records/:id": {
    params: 'Kind<Records.RecordEditParams, "CNAME" | "A">',
    answer: 'One<Kind<Records.RecordResponse, "CNAME" | "A">>',
  },
  "DELETE /zones/:zone_id/dns_records/:id": {
    params: "Records.RecordDeleteParams",
    answer: "One<Records.RecordDeleteResponse>",
  },
};

/** The operation of a request; undefined if the loopback has no such route. */
export function operationOf(method: string, path: string): string | undefined {
  return Object.keys(OPERATIONS).find((name) => name.startsWith(`${method} `) && pathParams(name, path) !== undefined);
}

/** The parameters in a request's path; undefined if the path is not the operation's. */
export function pathParams(operation: string, path: string): Readonly<Record<string, string>> | undefined {
  const pattern = operation.replace(/^\S+ /, "").replaceAll(/:(\w+)/g, "(?<$1>[^/]+)");
  const found = new RegExp(`^${pattern}/?$`).exec(path);
  return found === null ? undefined : { ...found.groups };
}
