/** Decides which host a DNS record at Cloudflare may answer for. Only the ID of its zone is known, so its name may lack the zone's name. */
import { domainToASCII } from "node:url";

/**
 * Whether a record with a name may answer for a host: the name is the host's, with or without its zone's, or a wildcard that covers it. A name that cannot
 * be read may answer, and so may `@`, the zone's own name. A wildcard matches any number of labels.
 * Source: https://developers.cloudflare.com/dns/manage-dns-records/reference/wildcard-dns-records/
 */
export function mayAnswerFor(name: unknown, host: string): boolean {
  const labels = labelsOf(name);
  if (labels === undefined) return true;
  const own = labelsOf(host) ?? [];
  const [first, ...rest] = labels;
  return first === "*" ? own.some((_, at) => at > 0 && begins(own.slice(at), rest)) : begins(own, labels);
}

/** Whether the name servers of a name may answer for a host: they answer for every name under theirs. */
export function mayDelegate(name: unknown, host: string): boolean {
  return mayAnswerFor(name, host) || mayAnswerFor(`*.${name}`, host);
}

/** The labels of a name, in lower case and in ASCII, as DNS sends them; undefined if it is not a name. */
function labelsOf(name: unknown): string[] | undefined {
  const ascii = typeof name === "string" ? domainToASCII(name.replace(/\.$/, "")) : "";
  return ascii === "" ? undefined : ascii.split(".");
}

function begins(labels: readonly string[], start: readonly string[]): boolean {
  return start.length <= labels.length && start.every((label, index) => label === labels[index]);
}
