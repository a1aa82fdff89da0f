/**
 * Guards the write of the tunnel's config. The API replaces the whole config and has no conditional write, so a rule that somebody adds after the
 * program's check would be lost. Each write increases the config's version by one: the program looks at it directly before the provider writes, and
 * again directly after.
 */
import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import { ingressRules } from "../../hub/hosts/ingress.ts";
import { liveTunnel, type RawTunnel } from "../../hub/hosts/live-config.ts";
import { ruleText, setValues } from "../../hub/hosts/normal-rule.ts";
import { changeLines } from "../../hub/hosts/tunnel-changes.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";
import { mistake } from "../stack/mistake.ts";
import type { TunnelApi } from "./tunnel-api.ts";
import { type TunnelWatch, watchTunnel } from "./tunnel-watch.ts";

/** The tunnel that is written, and what the program has checked. */
export interface GuardedTunnel {
  readonly api: TunnelApi;
  readonly manifest: Manifest;
  readonly account: Pick<HubConfig["cloudflare"], "tunnelName" | "originRequest">;
  readonly checked: RawTunnel;
}

/**
 * The hooks of the resource that writes the config. The first refuses to write if the config is no longer the one that was checked. The second fails
 * the run if somebody wrote at the same time, and puts back what they wrote. The engine runs both around the provider's call, for the bare CLI too.
 * https://www.pulumi.com/docs/iac/concepts/resources/options/hooks/
 */
export function tunnelWriteHooks(tunnel: GuardedTunnel): pulumi.ResourceHookBinding {
  let watch: TunnelWatch | undefined;
  const before = new pulumi.ResourceHook("tunnel-as-checked", async () => {
    await requireChecked(tunnel);
    watch = watchTunnel(() => tunnel.api.read());
  });
  const after = new pulumi.ResourceHook("tunnel-written-once", async () => {
    await requireOneWrite(tunnel, (await watch?.end()) ?? []);
  });
  return { beforeCreate: [before], beforeUpdate: [before], afterCreate: [after], afterUpdate: [after] };
}

/**
 * Refuses to write if the config is no longer the one that was checked.
 *
 * @throws RunError with the changes
 */
export async function requireChecked({ api, account, checked }: GuardedTunnel): Promise<void> {
  const now = await api.read();
  if (now.version === checked.version) return;
  throw mistake(
    `the config of the tunnel ${account.tunnelName} was written by somebody else during this run (version ${checked.version}, now ${now.version}), ` +
      `so nothing is written over it. It changed:\n${linesOf(checked, now)}\n` +
      "Declare what is to stay under hub:siblings, make a new preview, and run this again",
  );
}

/**
 * Refuses a write that was not alone. What somebody else wrote between the last look and the write is put back, if the watch saw it.
 *
 * @param seen the versions that the watch saw
 * @throws RunError with the changes, and with what was put back
 */
export async function requireOneWrite(tunnel: GuardedTunnel, seen: readonly RawTunnel[]): Promise<void> {
  const { api, account, checked } = tunnel;
  const now = await api.read();
  if (now.version === checked.version + 1) return;
  const problem = `the config of the tunnel ${account.tunnelName} was written by somebody else while this run wrote it (version ${checked.version}, now ${now.version})`;
  if (!isOfThisRun(tunnel, now)) {
    throw mistake(
      `${problem}. Their config came last and is live:\n${linesOf(checked, now)}\nMake a new preview, and run this again`,
    );
  }
  const seenBetween = seen.filter(({ version }) => version > checked.version && version < now.version);
  const between = seenBetween.findLast((other) => !isOfThisRun(tunnel, other));
  if (between === undefined) {
    // The provider sends a write again that Cloudflare has carried out but not confirmed.
    if (seenBetween.length === now.version - checked.version - 1) return;
    throw mistake(
      `${problem}. It was gone before it could be seen: look in Cloudflare's audit log for who changed the tunnel, and ask them to write it again. Then run this again: the numbers still have their old URLs`,
    );
  }
  throw mistake(
    `${problem}. They changed:\n${linesOf(checked, between)}\n${await putBack(api, between)}. ` +
      "Declare what is to stay under hub:siblings, make a new preview, and run this again",
  );
}

/** Writes their config again, and says so. The numbers wait for this write, so they still have the URLs that this config leads to the handler. */
async function putBack(api: TunnelApi, { config }: RawTunnel): Promise<string> {
  try {
    const { version } = await api.write(config ?? {});
    return `Their config was put back whole (version ${version}), and this run's rules are not live`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `Their config could not be put back (${reason}): write it again by hand, now`;
  }
}

/** Whether a config is exactly what this run writes. */
function isOfThisRun({ manifest, account }: GuardedTunnel, tunnel: RawTunnel): boolean {
  const { ingresses, originRequest, others } = liveTunnel(tunnel).config;
  const written = [ingressRules(manifest).map(ruleText), setValues(account.originRequest), {}];
  return canonicalJson([ingresses.map(ruleText), originRequest, others]) === canonicalJson(written);
}

function linesOf(before: RawTunnel, after: RawTunnel): string {
  return changeLines(liveTunnel(before), liveTunnel(after)).join("\n") || "  (nothing that this program reads)";
}
