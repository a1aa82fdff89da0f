/**
 * The undeclared effects of Twilio's Rules and Settings on the hub's webhooks. A Rule that matches none of the hub's URLs is a neighbour's and
 * is no finding.
 */
import { acceptedSigning, accepts, refusalReason } from "./accepted-signing.ts";
import { declarationOf } from "./declaration.ts";
import { originsOf, settingTitle } from "./declared-rules.ts";
import { patternOf } from "./effective-rule.ts";
import {
  type Compared,
  type Context,
  leftOverRules,
  ruleEffects,
  ruleFindings,
  ruleText,
  type SigningFinding,
  since,
  urlsText,
} from "./rule-findings.ts";
import { contentDifference } from "./setting-difference.ts";
import { liveSetting, type SigningSteps, signingSteps } from "./signing-steps.ts";

/** Every finding, the ones that an `up` does not put right first. */
export function signingFindings(compared: Compared): SigningFinding[] {
  const { manifest, signing } = compared;
  const context = { ...compared, declaration: declarationOf(manifest, signing), accepted: acceptedSigning(manifest) };
  const found = [
    ...settingFindings(context),
    ...keyFindings(context),
    ...ruleFindings(context),
    ...(signing === undefined ? [] : stepFindings(context)),
    ...leftOverRules(context),
  ];
  return found.toSorted((one, other) => Number(one.isPutRight) - Number(other.isPutRight));
}

/** Twilio cannot change a Setting, and a second one of the same name would leave it open which of them is meant. */
function settingFindings({ declaration, live }: Context): SigningFinding[] {
  return [...declaration.settings].flatMap(([name, content]) => {
    const setting = liveSetting(name, declaration, live.settings);
    const difference = setting && contentDifference(content, setting);
    if (setting === undefined || difference === undefined) return [];
    const line =
      `hub:signing.settings: the Setting ${setting.id} (${settingTitle(name)}, ${since(setting)}) has another content than declared: ${difference}. ` +
      "Twilio cannot change a Setting: declare the new content under a new name";
    return [{ line, isPutRight: false }];
  });
}

/** The keys of the declared Rules that the declared release refuses now. They are faults of the config, whatever is live. */
function keyFindings({ declaration: { settings, rules }, accepted, now, manifest }: Context): SigningFinding[] {
  return [...settings].flatMap(([name, content]) => {
    const reason = refusalReason(accepted, content, now);
    const urls = rules.flatMap((rule) =>
      "value" in rule && rule.settings.some(({ setting }) => setting === name) ? [rule.value] : [],
    );
    if (reason === undefined || urls.length === 0) return [];
    const line =
      `${urlsText(urls, manifest)}: the declared Rules use the key ${content.key}, ${reason}, by the Setting ${settingTitle(name)}: ` +
      `the handler answers 403. ${VALID_KEY}`;
    return [{ line, isPutRight: false }];
  });
}

const VALID_KEY =
  "Correct its from and until in hub:signing.keys and restart the handler, or use another Setting, with a valid key, in hub:signing.rules";

/** The Rules and Settings that an `up` makes or removes. Without `hub:signing` it changes none. */
function stepFindings(context: Context): SigningFinding[] {
  const steps = signingSteps(context.declaration, context.live, originsOf(context.manifest));
  return [...missing(context, steps), ...surplus(context, steps)];
}

function missing({ accepted, now }: Context, { settings, newRules }: SigningSteps): SigningFinding[] {
  const meanwhile = accepts(accepted, "auth token", now) ? "" : ", which the handler does not accept";
  return [
    ...settings.map((name) => ({ line: `the declared Setting ${settingTitle(name)} is missing`, isPutRight: true })),
    ...newRules.map((rule) => ({
      line: `${patternOf(rule)}: the declared Rule is missing: the webhooks are signed with the auth token${meanwhile}`,
      isPutRight: true,
    })),
  ];
}

function surplus(context: Context, { surplusRules, surplusSettings }: SigningSteps): SigningFinding[] {
  return [
    ...surplusRules.map((rule) => ({
      line: [`the Rule ${ruleText(rule)} is the hub's and no longer declared`, ...ruleEffects(context, rule)].join(
        "; ",
      ),
      isPutRight: true,
    })),
    ...surplusSettings.map((setting) => ({
      line: `the Setting ${setting.id} (${JSON.stringify(setting.friendlyName)}, ${since(setting)}) is the hub's and stands for no declared one`,
      isPutRight: true,
    })),
  ];
}
