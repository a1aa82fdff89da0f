/**
 * Members of the SDK's types that no answer of the loopback has. The types do not demand them; the reasons are the SDK's own words about them
 * (`cloudflare` 7.3.0), or that they belong to what the account does not have.
 */

/** The reason by the member's name, without the envelope. It holds for the members of that member too. */
export const ABSENT: Readonly<Record<string, string>> = {
  "errors.documentation_url": "a further hint, which not every error has",
  "errors.source": "a further hint, which not every error has",
  "messages.code": "the API has nothing to say beyond the result",
  "messages.message": "the API has nothing to say beyond the result",
  "messages.documentation_url": "the API has nothing to say beyond the result",
  "messages.source": "the API has nothing to say beyond the result",
  "meta.cdn_only": "of a zone that is set up for the CDN alone",
  "meta.dns_only": "of a zone that is set up for DNS alone",
  "meta.foundation_dns": "of a zone with Foundation DNS",
  "meta.dead_glue": "present only if it is true: of a glue record",
  "meta.is_glue": "present only if it is true: of a glue record",
  "meta.shadowed_by": "of a record that a delegation of the zone hides",
  "meta.shadowed_records_count": "of a delegation that hides records",
  private_routing: "of a record that leads to a private network",
  "plan.can_subscribe": "the member plan is deprecated",
  "plan.externally_managed": "the member plan is deprecated",
  "plan.frequency": "the member plan is deprecated",
  "plan.legacy_discount": "the member plan is deprecated",
  "plan.legacy_id": "the member plan is deprecated",
  cname_suffix: "of tenants alone",
  tenant: "of tenants alone",
  tenant_unit: "of tenants alone",
  vanity_name_servers: "of Business and Enterprise plans alone",
  verification_key: "of a partial zone",
  "connections.id": "the member connections is deprecated, and an empty list",
  "connections.client_id": "the member connections is deprecated, and an empty list",
  "connections.client_version": "the member connections is deprecated, and an empty list",
  "connections.colo_name": "the member connections is deprecated, and an empty list",
  "connections.is_pending_reconnect": "the member connections is deprecated, and an empty list",
  "connections.opened_at": "the member connections is deprecated, and an empty list",
  "connections.origin_ip": "the member connections is deprecated, and an empty list",
  "connections.uuid": "the member connections is deprecated, and an empty list",
};
