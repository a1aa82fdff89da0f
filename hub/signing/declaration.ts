/** The Settings and Rules of `hub:signing` as the stack's resource holds them: a line each for a reviewer, and the input of the script that makes them. */
import { z } from "zod";
import { Connection, SharedKeyId, SIGNING_ALGORITHMS, type Signing } from "../config/signing.ts";
import { isHttpsUrl } from "../urls/urls.ts";
import { canonicalJson } from "../values/canonical-json.ts";
import { type DeclaredRule, declaredRules, type UrlManifest } from "./declared-rules.ts";
import { patternOf } from "./effective-rule.ts";

const SettingContent = z.strictObject({
  key: SharedKeyId,
  algorithm: z.enum(SIGNING_ALGORITHMS),
  connection: Connection.exactOptional(),
});
/** The content of a declared Setting. */
export type SettingContent = z.infer<typeof SettingContent>;

/** The declared Settings by their names, and the declared Rules. */
export interface Declaration {
  readonly settings: ReadonlyMap<string, SettingContent>;
  readonly rules: readonly DeclaredRule[];
  readonly queries: Signing["queries"];
}

/** The variables of the resource. */
export interface DeclarationVariables {
  readonly HUB_SIGNING_SETTINGS: string;
  readonly HUB_SIGNING_RULES: string;
  readonly HUB_SIGNING_QUERIES: Signing["queries"];
}

const Settings = z.record(z.string(), SettingContent);
/** By the URL that a Rule matches. A prefix ends with a slash, and no registered URL does. */
const Rules = z.record(z.url(), z.record(z.string(), z.number()));

/** The declaration of a config. Without `hub:signing` nothing is declared. */
export function declarationOf(manifest: UrlManifest, signing: Signing | undefined): Declaration {
  if (signing === undefined) return { settings: new Map(), rules: [], queries: "unprobed" };
  const { keys, settings, queries } = signing;
  const contents = settings.map(({ name, key, connection }) => {
    const algorithm = keys.find(({ id }) => id === key)?.algorithm ?? SIGNING_ALGORITHMS[0];
    return [name, { key, algorithm, ...(connection && { connection }) }] as const;
  });
  return { settings: new Map(contents), rules: declaredRules(manifest, signing), queries };
}

/** The declaration as variables of the resource. The engine shows a change of such a JSON by its keys. */
export function declarationVariables({ settings, rules, queries }: Declaration): DeclarationVariables {
  const shares = rules.map((rule) => [
    patternOf(rule),
    Object.fromEntries(rule.settings.map(({ setting, percentage }) => [setting, percentage])),
  ]);
  return {
    HUB_SIGNING_SETTINGS: canonicalJson(Object.fromEntries(settings)),
    HUB_SIGNING_RULES: canonicalJson(Object.fromEntries(shares)),
    HUB_SIGNING_QUERIES: queries,
  };
}

/**
 * Reads the declaration back.
 *
 * @throws Error if the variables are not those that {@link declarationVariables} gives
 */
export function parseDeclaration(variables: Readonly<Record<string, string | undefined>>): Declaration {
  const parsed = (name: keyof DeclarationVariables): unknown => JSON.parse(variables[name] ?? "");
  const rules = Object.entries(Rules.parse(parsed("HUB_SIGNING_RULES"))).map(([pattern, shares]) => ({
    ...matcherOf(pattern),
    settings: Object.entries(shares).map(([setting, percentage]) => ({ setting, percentage })),
  }));
  return {
    settings: new Map(Object.entries(Settings.parse(parsed("HUB_SIGNING_SETTINGS")))),
    rules,
    queries: z.enum(["ignored", "matched", "unprobed"]).parse(variables.HUB_SIGNING_QUERIES),
  };
}

function matcherOf(pattern: string) {
  if (isHttpsUrl(pattern)) return { matchType: "EXACT_MATCH" as const, value: pattern };
  return { matchType: "PREFIX_MATCH" as const, prefix: pattern };
}
