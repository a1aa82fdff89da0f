/**
 * The one next step of a rotation. It is worked out from the config, the live Rules and the running release alone, so a rotation can stop anywhere. Every key
 * but the newest is on its way out.
 */
import type { Signing, SigningKey } from "../../hub/config/signing.ts";
import { accepts } from "../../hub/signing/accepted-signing.ts";
import { declarationOf } from "../../hub/signing/declaration.ts";
import { originsOf } from "../../hub/signing/declared-rules.ts";
import { patternOf } from "../../hub/signing/effective-rule.ts";
import { keyState } from "../../hub/signing/key-state.ts";
import { signerOf } from "../../hub/signing/live-rules.ts";
import { refusedChange } from "../../hub/signing/refused-change.ts";
import { signingFindings } from "../../hub/signing/signing-findings.ts";
import { isDone, signingSteps } from "../../hub/signing/signing-steps.ts";
import type { ConfigEdit } from "../stack/edit-stack-config.ts";
import { deletion } from "./delete-key.ts";
import { type Look, undeclaredKeys } from "./look.ts";
import { oldKeysOut, oldSettingsOut, shareEdits } from "./rotation-edits.ts";

/** The next step. */
export type RotationStep =
  /** An edit of the config, which the commands then apply. */
  | {
      readonly kind: "edit";
      readonly what: string;
      readonly edits: readonly ConfigEdit[];
      readonly commands: readonly string[];
    }
  /** Commands that bring Twilio and the running release up to the config. */
  | { readonly kind: "commands"; readonly what: string; readonly commands: readonly string[] }
  /** Nothing may be done, and why. */
  | { readonly kind: "stopped"; readonly what: string }
  | { readonly kind: "wait"; readonly what: string }
  | { readonly kind: "done"; readonly what: string; readonly commands: readonly string[] };

/** Works out the next step. `until` is the end that a key gets on its way out. */
export function nextStep(look: Look, until: string): RotationStep {
  const newest = newestKey(look.signing);
  if (newest === undefined)
    return { kind: "stopped", what: "every key of hub:signing.keys has an end; make a new key first" };
  return (
    stoppingFindings(look) ??
    untilAccepted(look, newest) ??
    untilLive(look) ??
    share(look, newest) ??
    oldOut(look, newest, until) ??
    leftovers(look, newest)
  );
}

/** The key that was added last, of those without an end. */
export function newestKey({ keys }: Pick<Signing, "keys">): SigningKey | undefined {
  return keys
    .filter(({ until }) => until === undefined)
    .toSorted((one, other) => Date.parse(one.from) - Date.parse(other.from))
    .at(-1);
}

function stoppingFindings({ hub: { manifest }, signing, live, now }: Look): RotationStep | undefined {
  const finding = signingFindings({ manifest, signing, live, now }).find(({ isPutRight }) => !isPutRight);
  return finding && { kind: "stopped", what: finding.line };
}

function untilAccepted({ hub: { stack }, running, now }: Look, newest: SigningKey): RotationStep | undefined {
  if (keyState(newest, now) === "not yet valid")
    return { kind: "wait", what: `the key ${newest.id} is valid from ${newest.from} on` };
  if (running !== "nothing" && accepts(running, signerWith(newest), now)) return undefined;
  return {
    kind: "commands",
    what: `the running release does not accept the key ${newest.id} yet`,
    commands: restartCommands(stack),
  };
}

function untilLive({
  hub: { stack, manifest },
  signing,
  live,
  unapplied,
  running,
  now,
}: Look): RotationStep | undefined {
  const declaration = declarationOf(manifest, signing);
  const steps = signingSteps(declaration, live, originsOf(manifest));
  const refused = refusedChange(steps, declaration, live, running, now);
  if (refused !== undefined) return { kind: "stopped", what: refused };
  if (isDone(steps) && !live.rules.some(({ id }) => unapplied.has(id))) return undefined;
  return {
    kind: "commands",
    what: "Twilio's Rules and Settings are not as the config says yet",
    commands: [up(stack)],
  };
}

function share({ hub: { stack }, signing }: Look, newest: SigningKey): RotationStep | undefined {
  const found = shareEdits(signing, newest);
  if (found === undefined) return undefined;
  if ("problem" in found) return { kind: "stopped", what: found.problem };
  return {
    kind: "edit",
    what: `Twilio signs ${found.percentage} % with the key ${newest.id}`,
    edits: found.edits,
    commands: [up(stack)],
  };
}

/** The old keys go out: first their Settings, with an end for the keys, and after that end the keys. */
function oldOut(look: Look, newest: SigningKey, until: string): RotationStep | undefined {
  const {
    hub: { stack },
    signing,
    running,
    now,
  } = look;
  const old = signing.keys.filter(({ id }) => id !== newest.id);
  if (old.length === 0) return undefined;
  const using = ruleInUse(look, old);
  if (using !== undefined) return { kind: "stopped", what: using };
  const endless = old.filter((key) => key.until === undefined);
  const settings = oldSettingsOut(signing, newest);
  if (endless.length + settings.length > 0) {
    const ends = endless.map(({ id }) => ({
      path: ["hub:signing", "keys", signing.keys.findIndex((key) => key.id === id), "until"],
      value: until,
    }));
    return {
      kind: "edit",
      what: `the older Settings go, and the older keys end at ${until}`,
      edits: [...ends, ...settings],
      commands: restartCommands(stack),
    };
  }
  const ahead = old.find(
    (key) => running !== "nothing" && running.keys.some(({ id, until: end }) => id === key.id && end !== key.until),
  );
  if (ahead !== undefined)
    return {
      kind: "commands",
      what: `the running release does not know the end of the key ${ahead.id} yet`,
      commands: restartCommands(stack),
    };
  const valid = old.find((key) => keyState(key, now) !== "expired");
  if (valid !== undefined) return { kind: "wait", what: `the key ${valid.id} ends at ${valid.until}` };
  const names = old.map(({ id }) => id);
  return {
    kind: "edit",
    what: `the keys that have ended leave the config: ${names.join(", ")}`,
    edits: oldKeysOut(signing, newest),
    commands: [...restartCommands(stack), ...names.map((id) => deletion(stack, id))],
  };
}

/** A live Rule that still leads to an old key, the hub's or not. */
function ruleInUse({ live }: Look, old: readonly SigningKey[]): string | undefined {
  const uses = ({ settingId }: { readonly settingId: string }) => {
    const signer = signerOf(live.settings.find(({ id }) => id === settingId) ?? {});
    return typeof signer === "object" && old.some(({ id }) => id === signer.key);
  };
  const rule = live.rules.find(({ settings }) => settings.some(uses));
  return (
    rule &&
    `the Rule ${rule.id} (${patternOf(rule) || "the account's default"}) still uses an older key at Twilio; run it again once it does not`
  );
}

function leftovers(look: Look, newest: SigningKey): RotationStep {
  const {
    hub: { stack },
    signing,
    running,
    live,
  } = look;
  const known = running === "nothing" ? [] : running.keys.filter(({ id }) => id !== newest.id);
  if (known.length > 0)
    return {
      kind: "commands",
      what: `the running release still has the key ${known[0]?.id}`,
      commands: restartCommands(stack),
    };
  const unused = undeclaredKeys(look).filter(
    ({ id }) => !live.settings.some(({ signature }) => signature?.sharedKeyId === id),
  );
  if (unused.length > 0) {
    const what = "the hub's keys that no config has are still at Twilio";
    return { kind: "commands", what, commands: unused.map(({ id }) => deletion(stack, id)) };
  }
  const isUsed = signing.rules.length > 0;
  const what = isUsed
    ? `the key ${newest.id} signs alone`
    : "no Rule uses a key yet; declare the first Setting and Rule (docs/signing.md)";
  return {
    kind: "done",
    what,
    commands: isUsed ? [`npm run signing -- new --stack ${stack} --item op://vault/item/field`] : [],
  };
}

function signerWith({ id, algorithm }: SigningKey) {
  return { key: id, algorithm };
}

function up(stack: string): string {
  return `npm run up -- --stack ${stack}`;
}

/** The commands after which the running release has the config. */
function restartCommands(stack: string): string[] {
  return [up(stack), `npm run authorise -- --stack ${stack} --by OWNER`, up(stack)];
}
