/** Values in the shape that Twilio's APIs give them. */
import { randomBytes } from "node:crypto";

/** A new SID: the resource's two letters and 32 hex digits (https://www.twilio.com/docs/glossary/what-is-a-sid). */
export function newSid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString("hex")}`;
}

/** A date of the 2010-04-01 API (RFC 2822, GMT). */
export function apiDate(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}

/** A date of the v1 APIs (ISO 8601, to the second). */
export function isoDate(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
