/** The differences between two states of a tunnel's config. */
import { canonicalJson } from "../values/canonical-json.ts";
import type { LiveTunnel } from "./live-tunnel.ts";
import { ruleLine, ruleText, setValues } from "./normal-rule.ts";

/** The differences of two configs, a line each: `-` for a part that went, `+` for one that came. */
export function changeLines(before: LiveTunnel, after: LiveTunnel): string[] {
  const [old, now] = [partsOf(before.config), partsOf(after.config)];
  return [...linesOf("-", old, now), ...linesOf("+", now, old)];
}

function linesOf(sign: string, parts: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): string[] {
  return [...parts].filter(([text]) => !others.has(text)).map(([, line]) => `  ${sign} ${line}`);
}

/** Each part of a config: its text, which identifies it, and its line for a message. */
function partsOf(config: LiveTunnel["config"]): Map<string, string> {
  const settings = setValues({ originRequest: config?.originRequest, ...config?.others });
  return new Map([
    ...(config?.ingresses ?? []).map((rule): [string, string] => [ruleText(rule), ruleLine(rule)]),
    ...Object.entries(settings).map(([name, value]): [string, string] => {
      const line = `${name} ${canonicalJson(value)}`;
      return [line, line];
    }),
  ]);
}
