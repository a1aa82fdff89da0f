/** Values in the formats of Twilio's APIs. */
import { randomBytes } from "node:crypto";

/** Makes a SID: the prefix of the resource's type (two letters) and 32 hex digits (https://www.twilio.com/docs/glossary/what-is-a-sid). */
export function newSid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString("hex")}`;
}

/** The URIs of a resource's subresources in the 2010-04-01 API, by their names in `subresource_uris`. */
export function subresourceUris(uri: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `${uri}/${pathSegment(name)}.json`]));
}

/** The name of a subresource in a path: `add_on_results` is `AddOnResults`. */
export function pathSegment(name: string): string {
  return name
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

/** Formats a date for the 2010-04-01 API (RFC 2822, GMT). */
export function apiDate(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}

/** Formats a date for the v1 APIs (ISO 8601, to the second). */
export function isoDate(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
