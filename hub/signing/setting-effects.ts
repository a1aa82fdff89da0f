/** The effects of a Setting on the webhooks that it applies to, in words. Without a Setting the auth token signs, and nothing authenticates. */
import { type AcceptedSigning, refusalReason } from "./accepted-signing.ts";
import { type LiveSetting, signerOf } from "./live-rules.ts";

/** Twilio's limit for a connection without a Setting, in milliseconds (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides). */
export const CONNECT_MS = 5_000;
/** Its limit for an answer. */
export const ANSWER_MS = 15_000;

/** The properties whose effect is known, or that have none. */
const KNOWN = ["id", "type", "friendlyName", "description", "auth", "signature", "connection", "edgeZones"];
const RECORDS = ["createdAt", "updatedAt", "url", "links", "accountSid"];

const SCHEMES: Readonly<Record<string, string>> = {
  BASIC: "a user name and a password (Basic)",
  DIGEST: "a user name and a password (Digest)",
  OAUTH2: "a token of an OAuth server that Twilio asks first",
};

/**
 * The effects, a phrase each: `signed with …`, `given up after 1 s`. None if the webhooks are as without a Setting.
 *
 * @param accepted the signatures that the declared release accepts
 */
export function settingEffects(setting: LiveSetting, accepted: AcceptedSigning, now: Date): string[] {
  const effects = [...signatureEffects(setting, accepted, now), ...authenticationEffects(setting)];
  // Twilio delivers as under its own Settings without a Rule too.
  if (setting.type === "SYSTEM") return effects;
  return [...effects, ...connectionEffects(setting), ...zoneEffects(setting), ...unknownEffects(setting)];
}

function signatureEffects(setting: LiveSetting, accepted: AcceptedSigning, now: Date): string[] {
  const signer = signerOf(setting);
  const refused = "the handler answers 403, and callers hear Twilio's error";
  if (signer === "auth token") return [];
  if (signer === "nobody") return [`not signed: ${refused}`];
  const signed = `signed with the key ${signer.key} (${signer.algorithm})`;
  const reason = refusalReason(accepted, signer, now);
  return reason === undefined
    ? [`${signed}, which the handler accepts`]
    : [`${signed}, which the handler does not accept (${reason}): ${refused}`];
}

/** The effects that no declared Setting has. */
export function undeclarableEffects(setting: LiveSetting): string[] {
  return [...authenticationEffects(setting), ...zoneEffects(setting), ...unknownEffects(setting)];
}

function authenticationEffects({ auth }: LiveSetting): string[] {
  if (auth === undefined || auth === null) return [];
  const value = typeof auth.value === "object" && auth.value !== null ? auth.value : {};
  const scheme: unknown = Reflect.get(value, "scheme") ?? (auth.source === "NONE" ? "NONE" : undefined);
  if (scheme === "NONE") return [];
  const profile = typeof auth.authProfileId === "string" ? ` of the AuthProfile ${auth.authProfileId}` : "";
  const what = typeof scheme === "string" ? (SCHEMES[scheme.toUpperCase()] ?? scheme) : "credentials";
  return [
    `sent with ${what}${profile}, which the handler does not ask for: a request that Twilio cannot authenticate never arrives`,
  ];
}

function connectionEffects({ connection }: LiveSetting): string[] {
  if (connection === undefined || connection === null) return [];
  const { connectTimeoutMs, readTimeoutMs, totalTimeoutMs, retryPolicy } = connection;
  const answer = Math.min(readTimeoutMs ?? ANSWER_MS, totalTimeoutMs ?? ANSWER_MS);
  const connect = connectTimeoutMs ?? CONNECT_MS;
  return [
    ...(answer === ANSWER_MS
      ? []
      : [`given up ${seconds(answer)} after they were sent, instead of ${seconds(ANSWER_MS)}`]),
    ...(connect === CONNECT_MS
      ? []
      : [`given up if no connection is made in ${seconds(connect)}, instead of ${seconds(CONNECT_MS)}`]),
    ...(retryPolicy && retryPolicy.retryCount > 0
      ? [`sent up to ${retryPolicy.retryCount} times more after ${(retryPolicy.retryOn ?? ["a failure"]).join(", ")}`]
      : []),
  ];
}

function zoneEffects({ edgeZones }: LiveSetting): string[] {
  if (edgeZones === undefined || edgeZones === null || edgeZones.zones.length === 0) return [];
  const otherwise = edgeZones.allowZoneFallback === true ? "if they can" : "or not at all";
  return [`sent from the zones ${edgeZones.zones.join(", ")} ${otherwise}`];
}

/** A property that Twilio may add. It may change anything, so it counts. */
function unknownEffects(setting: LiveSetting): string[] {
  return Object.entries(setting)
    .filter(([name, value]) => ![...KNOWN, ...RECORDS].includes(name) && value !== undefined && value !== null)
    .map(([name]) => `changed by ${name}, which this program does not know`);
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}
