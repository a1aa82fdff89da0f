/** The identities in the fixtures. All are made up, so that a recording reveals nobody's account. */
import { SIGNATURE_KEY } from "../plan/value-marks.ts";
import type { RecordedCall } from "./fixture.ts";
import { mapTexts } from "./map-texts.ts";
import { isShortened } from "./shorten.ts";

/** The credentials of every fixture. */
export const MADE_UP = {
  accountSid: "AC40392c147c8294ee71fca3beaad82f4f",
  authToken: "6c49be4ae979ea79ad38a7169e5a9f6c",
  apiToken: "b8b445ea440efc6184f719b652aeca40e5746fa5",
} as const;

/** The inputs of a provider that are credentials, and their replacements in a fixture. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  apiToken: MADE_UP.apiToken,
  username: MADE_UP.accountSid,
  accountSid: MADE_UP.accountSid,
  password: MADE_UP.authToken,
};

/** The engine's mark of a secret value (pulumi/pulumi, `resource.SecretSig`), and its unknown value. */
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A Twilio SID, a Cloudflare ID or token, a UUID. */
const IDENTITY = /\b(?:[A-Z]{2}[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g;
const MASKED = /^(?:[A-Z]{2})?0{12}[0-9-]+$/;
/** A shorter secret could be part of another text by chance. */
const SHORTEST_SECRET = 16;

/**
 * Replaces all identities: the providers' credentials by those of the fixtures, every other secret by `secret` and a number, and every unknown ID by
 * zeros that end in a number.
 *
 * @param known a text that holds the IDs that may stay: the loopback stack's config
 */
export function maskIdentities(calls: readonly RecordedCall[], known: string): RecordedCall[] {
  const credentials = calls.flatMap(credentialsOf);
  const kept = new Set([...(known.match(IDENTITY) ?? []), ...Object.values(MADE_UP), SIGNATURE_KEY, SECRET, UNKNOWN]);
  const replacements = new Map(credentials);
  for (const secret of calls.flatMap((call) => secretsIn(call))) {
    if (!kept.has(secret) && !replacements.has(secret) && !/^secret \d+$/.test(secret)) {
      replacements.set(secret, `secret ${replacements.size - new Map(credentials).size + 1}`);
    }
  }
  const maskId = idMasker(kept);
  const mask = (text: string) =>
    [...replacements].reduce((rest, [from, to]) => rest.replaceAll(from, to), text).replace(IDENTITY, maskId);
  return calls.map((call) => ({ ...call, ...maskCall(call, mask) }));
}

function maskCall({ request, response, errors }: RecordedCall, mask: (text: string) => string): Partial<RecordedCall> {
  const masked = (fields: RecordedCall["request"]) =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, mapTexts(value, mask)]));
  return {
    request: masked(request),
    ...(response && { response: masked(response) }),
    ...(errors && { errors: errors.map(mask) }),
  };
}

/** The credentials that a provider was configured with, each with its replacement. */
function credentialsOf({ method, request }: RecordedCall): [found: string, madeUp: string][] {
  if (!method.endsWith("/Configure") && !method.endsWith("/CheckConfig")) return [];
  const inputs = request.args ?? request.news;
  return Object.entries(typeof inputs === "object" && inputs !== null ? inputs : {}).flatMap(([key, value]) => {
    const [madeUp, found] = [CREDENTIALS[key], opened(value)];
    return madeUp === undefined || typeof found !== "string" || found === "" ? [] : [[found, madeUp]];
  });
}

function opened(value: unknown): unknown {
  return isSecret(value) ? Reflect.get(value, "value") : value;
}

function isSecret(value: unknown): value is object {
  return typeof value === "object" && value !== null && Reflect.get(value, SIGNATURE_KEY) === SECRET;
}

function secretsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const secret = opened(value);
  if (typeof secret === "string") return secret.length >= SHORTEST_SECRET && !isShortened(secret) ? [secret] : [];
  return Object.values(value).flatMap(secretsIn);
}

/** Returns a function that replaces an ID by zeros of the same length that end in a number, unless the ID may stay. */
function idMasker(kept: ReadonlySet<string>): (id: string) => string {
  const masked = new Map<string, string>();
  return (id) => {
    if (kept.has(id) || MASKED.test(id)) return id;
    const number = masked.get(id) ?? String(masked.size + 1);
    masked.set(id, number);
    const blank = id.replace(/[0-9a-f]/g, "0");
    return blank.slice(0, -number.length) + number;
  };
}
