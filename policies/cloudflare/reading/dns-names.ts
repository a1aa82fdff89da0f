/** Which host a DNS record at Cloudflare may answer for. Its zone is known by its ID alone, so a name may also be without the zone's. */
import { domainToASCII } from "node:url";

/**
 * Whether a record of a name may answer for a host: the host's own name, whole or without its zone's, or a wildcard over it. A name that cannot
 * be read may, and so may `@`, the zone's own. A wildcard stands for any number of labels.
 * Source: https://developers.cloudflare.com/dns/manage-dns-records/reference/wildcard-dns-records/
 */
export function mayAnswerFor(name: unknown, host: string): boolean {
  const labels = labelsOf(name);
  if (labels === undefined) return true;
  const own = labelsOf(host) ?? [];
  const [first, ...rest] = labels;
  return first === "*" ? own.some((_, at) => at > 0 && begins(own.slice(at), rest)) : begins(own, labels);
}

/** Whether name servers that stand under a name may answer for a host: they answer for all that lies under it. */
export function mayDelegate(name: unknown, host: string): boolean {
  return mayAnswerFor(name, host) || mayAnswerFor(`*.${name}`, host);
}

/** A name's labels, in lower case and ASCII as they go over the wire; undefined for what is no name. */
function labelsOf(name: unknown): string[] | undefined {
  const ascii = typeof name === "string" ? domainToASCII(name.replace(/\.$/, "")) : "";
  return ascii === "" ? undefined : ascii.split(".");
}

function begins(labels: readonly string[], start: readonly string[]): boolean {
  return start.length <= labels.length && start.every((label, index) => label === labels[index]);
}
