import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../../hub/config/parse.ts";
import { Signing } from "../../hub/config/signing.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { acceptedSigning, accepts } from "../../hub/signing/accepted-signing.ts";
import { declarationOf } from "../../hub/signing/declaration.ts";
import { type DeclaredRule, originsOf, settingTitle } from "../../hub/signing/declared-rules.ts";
import { possibleRules } from "../../hub/signing/effective-rule.ts";
import { type LiveRule, type LiveSigning, signerOf } from "../../hub/signing/live-rules.ts";
import { refusedChange } from "../../hub/signing/refused-change.ts";
import { signingSteps } from "../../hub/signing/signing-steps.ts";
import { type Changes, configWith, NOW, SOURCE } from "../../hub/testing/config.ts";
import { liveRule, signingSetting } from "../../hub/testing/live-signing.ts";
import { KEY, OTHER_KEY, signingWith } from "../../hub/testing/signing.ts";
import { sized } from "../../test/support/test-form.ts";
import type { ConfigEdit } from "../stack/edit-stack-config.ts";
import type { Look } from "./look.ts";
import { nextStep, type RotationStep } from "./rotation.ts";

const HOUR_MS = 60 * 60_000;
const second = {
  id: OTHER_KEY,
  algorithm: "HMAC_SHA256",
  secret: "op://Aurora/second/secret",
  from: "2026-11-19T00:00:00Z",
};

/** A stack whose Twilio and release can be brought up to its config, wholly or in part. */
class Model {
  signing: Record<string, unknown>;
  live: LiveSigning = { rules: [], settings: [] };
  running: Look["running"] = "nothing";
  now = NOW;

  constructor(changes: Changes) {
    this.signing = signingWith();
    this.restart();
    this.up();
    this.signing = signingWith(changes);
  }

  look(): Look {
    const config = parseConfig(configWith({ signing: this.signing }), SOURCE);
    const manifest = buildManifest(config);
    const { live, running, now } = this;
    const hub = { stack: "test", file: "", source: SOURCE, config, manifest };
    return { hub, signing: Signing.parse(config.signing), live, running, now, unapplied: new Set(), sharedKeys: [] };
  }

  next(): RotationStep {
    const until = `${new Date(this.now.getTime() + 24 * HOUR_MS).toISOString().slice(0, 19)}Z`;
    return nextStep(this.look(), until);
  }

  /** Writes the next step into the config, if it is an edit. */
  write(): void {
    const step = this.next();
    if (step.kind === "edit") for (const edit of step.edits) this.signing = edited(this.signing, edit);
  }

  restart(): void {
    this.running = acceptedSigning(this.look().hub.manifest);
  }

  /** Changes so many Rules at Twilio, and goes on only if all are changed, as a run that is killed. Nothing is changed that the stack refuses. */
  up(rules = Number.POSITIVE_INFINITY): void {
    const { hub, signing, live } = this.look();
    const declaration = declarationOf(hub.manifest, signing);
    const steps = signingSteps(declaration, live, originsOf(hub.manifest));
    if (refusedChange(steps, declaration, live, this.running, this.now) !== undefined) return;
    const made = steps.settings.map((name) =>
      signingSetting(name, declaration.settings.get(name)?.key ?? "", { friendlyName: settingTitle(name) }),
    );
    const settings = [...live.settings, ...made];
    const ruleOf = (rule: DeclaredRule): LiveRule => {
      const shares = rule.settings.map(
        ({ setting, percentage }) =>
          [
            settings.find(({ friendlyName }) => friendlyName === settingTitle(setting)) ?? signingSetting("none", ""),
            percentage,
          ] as const,
      );
      return {
        ...liveRule(
          rule,
          shares.map(([setting, share]) => [setting, share]),
          settingTitle("rule"),
        ),
        id: JSON.stringify(rule).slice(0, 99),
      };
    };
    const changed = new Map(
      steps.changedRules.slice(0, rules).map(({ rule, live: old }) => [old, { ...ruleOf(rule), id: old.id }]),
    );
    const all = [...live.rules.map((rule) => changed.get(rule) ?? rule), ...steps.newRules.slice(0, rules).map(ruleOf)];
    const isWhole = steps.changedRules.length <= rules && steps.newRules.length <= rules;
    this.live = {
      rules: all,
      settings: isWhole ? settings.filter(({ id }) => !steps.surplusSettings.some((gone) => gone.id === id)) : settings,
    };
  }

  /** The webhooks that Twilio may send now and that the running release would refuse. */
  refused(): string[] {
    const { running, live, now } = this;
    if (running === "nothing") return [];
    return running.urls.flatMap((url) =>
      possibleRules(url, live.rules, "ignored").flatMap((rule) => {
        const signers =
          rule === undefined
            ? ["auth token" as const]
            : rule.settings.map(({ settingId }) => signerOf(live.settings.find(({ id }) => id === settingId) ?? {}));
        return signers
          .filter((signer) => !accepts(running, signer, now))
          .map((signer) => `${url} ${JSON.stringify(signer)}`);
      }),
    );
  }
}

function edited(node: unknown, { path: [, ...path], value }: ConfigEdit): Record<string, unknown> {
  const copy: Record<string, unknown> = structuredClone(Object(node));
  const last = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce<object>((inner, part) => Object(Reflect.get(inner, part)), copy);
  if (value !== undefined) Reflect.set(parent, last, value);
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  return copy;
}

const TWO_KEYS = { "keys.1": second };
const sharesOf = ({ signing }: Model) =>
  Signing.parse(signing).rules.map(({ settings }) =>
    settings.map(({ setting, percentage }) => `${setting} ${percentage}`).join(),
  );

test("a whole rotation: accept both, 5 %, 100 %, old Setting out, old key out", () => {
  const model = new Model(TWO_KEYS);
  const seen: string[] = [];
  for (let count = 0; count < 20; count += 1) {
    const step = model.next();
    seen.push(`${step.kind}: ${step.what.replace(/webhooks_sharedkey_\w+/g, (id) => (id === KEY ? "OLD" : "NEW"))}`);
    expect(model.refused()).toEqual([]);
    if (step.kind === "done" || step.kind === "stopped") break;
    if (step.kind === "wait") model.now = new Date(model.now.getTime() + 24 * HOUR_MS);
    else if (step.kind === "edit") model.write();
    else {
      model.up();
      if (step.commands.length > 1) model.restart();
      model.up();
    }
  }
  expect(seen).toEqual([
    "commands: the running release does not accept the key NEW yet",
    "edit: Twilio signs 5 % with the key NEW",
    "commands: Twilio's Rules and Settings are not as the config says yet",
    "edit: Twilio signs 100 % with the key NEW",
    "commands: Twilio's Rules and Settings are not as the config says yet",
    "edit: the older Settings go, and the older keys end at 2026-11-21T12:00:00Z",
    "commands: Twilio's Rules and Settings are not as the config says yet",
    "commands: the running release does not know the end of the key OLD yet",
    "wait: the key OLD ends at 2026-11-21T12:00:00Z",
    "edit: the keys that have ended leave the config: OLD",
    "commands: the running release still has the key OLD",
    "done: the key NEW signs alone",
  ]);
  expect(sharesOf(model)).toEqual(["first-2026-11-19 100"]);
});

test("whatever is run, killed half-way or left out, no webhook is ever refused, and the rotation can end", () => {
  const action = fc.oneof(
    fc.constantFrom("write", "up", "restart", "wait").map((name) => ({ name, rules: 0 })),
    fc.nat(7).map((rules) => ({ name: "killed up", rules })),
  );
  const run = (model: Model, { name, rules }: { name: string; rules: number }) => {
    if (name === "write") model.write();
    if (name === "up") model.up();
    if (name === "killed up") model.up(rules);
    if (name === "restart") model.restart();
    if (name === "wait") model.now = new Date(model.now.getTime() + 25 * HOUR_MS);
    expect(model.refused()).toEqual([]);
  };
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      const model = new Model(TWO_KEYS);
      for (const one of actions) run(model, one);
      for (let count = 0; count < 10; count += 1)
        for (const name of ["write", "up", "restart", "up", "wait"]) run(model, { name, rules: 0 });
      expect(model.next().kind).toBe("done");
    }),
    { numRuns: sized(15, 300) },
  );
});

describe("a step is refused", () => {
  const stepOf = (prepare: (model: Model) => void, changes: Changes = TWO_KEYS) => {
    const model = new Model(changes);
    prepare(model);
    return model.next();
  };

  test("that would make Twilio sign with a key which the running release does not accept", () => {
    const step = stepOf(() => undefined, {
      ...TWO_KEYS,
      "settings.1": { name: "second", key: OTHER_KEY },
      "rules.0.settings": [{ setting: "second", percentage: 100 }],
    });
    expect(step).toMatchObject({
      kind: "commands",
      what: `the running release does not accept the key ${OTHER_KEY} yet`,
    });
  });

  test("that would drop a key which a live Rule still uses, also a neighbour's", () => {
    const changes = {
      ...TWO_KEYS,
      "settings.0": { name: "second", key: OTHER_KEY },
      "rules.0.settings": [{ setting: "second", percentage: 100 }],
    };
    const step = stepOf((model) => {
      model.restart();
      model.up();
      const setting = signingSetting("theirs", KEY);
      const rule = liveRule({ matchType: "PREFIX_MATCH", prefix: "https://elsewhere.example/" }, [[setting, 100]]);
      model.live = { rules: [...model.live.rules, rule], settings: [...model.live.settings, setting] };
    }, changes);
    expect(step).toMatchObject({ kind: "stopped", what: expect.stringContaining("still uses an older key at Twilio") });
  });

  test("while another's Rule changes how the hub's webhooks arrive", () => {
    const step = stepOf((model) => {
      const setting = signingSetting("theirs", `webhooks_sharedkey_${"9".repeat(26)}`);
      const rule = liveRule({ matchType: "PREFIX_MATCH", prefix: "https://webhook.reri.co/" }, [[setting, 100]]);
      const rules = model.live.rules.slice(1);
      model.live = { rules: [...rules, rule], settings: [...model.live.settings, setting] };
    });
    expect(step).toMatchObject({ kind: "stopped", what: expect.stringContaining("is not declared") });
  });

  test("for a Rule that shares two older keys", () => {
    const third = { ...second, id: `webhooks_sharedkey_${"3".repeat(26)}`, from: "2026-11-20T00:00:00Z" };
    const step = stepOf(
      (model) => {
        model.restart();
        model.up();
      },
      {
        ...TWO_KEYS,
        "keys.2": third,
        "settings.1": { name: "second", key: OTHER_KEY },
        "rules.0.settings": [
          { setting: "first", percentage: 50 },
          { setting: "second", percentage: 50 },
        ],
      },
    );
    expect(step).toEqual({
      kind: "stopped",
      what: "hub:signing.rules[0]: it has two Settings with older keys; give one of them 100 first",
    });
  });
});
