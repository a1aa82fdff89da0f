/** The difference of a Setting at Twilio from the declared one. Twilio cannot change a Setting, so one that differs stands for nothing. */
import type { Connection } from "../config/signing.ts";
import { canonicalJson } from "../values/canonical-json.ts";
import type { SettingContent } from "./declaration.ts";
import { type LiveSetting, signerOf } from "./live-rules.ts";
import { ANSWER_MS, CONNECT_MS, undeclarableEffects } from "./setting-effects.ts";

/** The difference from the declared content, in words, or undefined. */
export function contentDifference(
  { key, algorithm, connection }: SettingContent,
  setting: LiveSetting,
): string | undefined {
  const signer = signerOf(setting);
  if (typeof signer === "string") return `it is signed by ${signer === "nobody" ? signer : `the ${signer}`}`;
  if (signer.key !== key || signer.algorithm !== algorithm) return `its key is ${signer.key} (${signer.algorithm})`;
  const differences = connectionDifferences(connection ?? {}, setting.connection ?? {});
  if (differences.length > 0) return differences.join(", ");
  const [other] = undeclarableEffects(setting);
  return other && `a webhook is ${other}`;
}

/** A part that either side leaves out is as Twilio has it without a Setting. */
function connectionDifferences(declared: Partial<Connection>, live: NonNullable<LiveSetting["connection"]>): string[] {
  const [wanted, found] = [connectionOf(declared), connectionOf(live)];
  const total = live.totalTimeoutMs ?? null;
  // An undeclared time for all attempts counts only if it cuts the first one short.
  const isOtherTotal =
    declared.totalTimeoutMs === undefined
      ? total !== null && total < wanted.readTimeoutMs
      : total !== declared.totalTimeoutMs;
  const names = (["connectTimeoutMs", "readTimeoutMs", "retryPolicy"] as const).filter(
    (name) => canonicalJson(wanted[name]) !== canonicalJson(found[name]),
  );
  return [
    ...names.map((name) => `its ${name} is ${canonicalJson(found[name])}`),
    ...(isOtherTotal ? [`its totalTimeoutMs is ${total}`] : []),
  ];
}

function connectionOf({
  connectTimeoutMs,
  readTimeoutMs,
  retryPolicy,
}: Partial<Connection> | NonNullable<LiveSetting["connection"]>) {
  return {
    connectTimeoutMs: connectTimeoutMs ?? CONNECT_MS,
    readTimeoutMs: readTimeoutMs ?? ANSWER_MS,
    retryPolicy: retriesOf(retryPolicy),
  };
}

/** The conditions have no order. */
function retriesOf(policy: NonNullable<LiveSetting["connection"]>["retryPolicy"]) {
  if (policy === undefined || policy === null || policy.retryCount === 0) return null;
  return { retryCount: policy.retryCount, retryOn: [...new Set(policy.retryOn)].sort() };
}
