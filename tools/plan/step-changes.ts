/**
 * The changes that a step of a plan makes, derived from data that every provider sends: the names of the changed properties, the old and the new
 * inputs, and the old outputs.
 */
import { COMPUTED_PROPERTIES } from "./computed-properties.ts";
import { isChanging, type PlanStep, typeOf } from "./step.ts";
import { isBag, pathText, type Segment, type ValueChange, valueChanges } from "./value-changes.ts";
import { holdsSecret, marked, SECRET, withoutInternals } from "./value-marks.ts";

/** A change of one property. It has no values if the provider names the property but shows no difference. */
export interface Change {
  /** Like `environment.HUB_RELEASE` or `config.ingresses[webhook.reri.co ^/voice/status$]`. */
  readonly path: string;
  /** Absent for an addition. */
  readonly before?: unknown;
  /** Absent for a removal. */
  readonly after?: unknown;
  /** The position of an added ingress rule among all rules, from 1: the first rule that matches wins. */
  readonly position?: number;
}

/** The old inputs, the live outputs and the new inputs of a step, in the form that `marked` returns. */
interface Properties {
  readonly old: ReadonlyMap<string, unknown>;
  readonly live: ReadonlyMap<string, unknown>;
  readonly wanted: ReadonlyMap<string, unknown>;
}

/**
 * Returns the changes of a step, in the order of the properties' names. Empty for a step that changes nothing in the cloud, and for the import of a
 * resource that the engine has not read yet: if that resource differs, the engine plans an update after the import.
 */
export function changesOf(step: PlanStep): Change[] {
  if (!isChanging(step) || (step.op === "import" && !step.oldState)) return [];
  const properties = {
    old: propertiesOf(step.oldState?.inputs),
    live: propertiesOf(step.oldState?.outputs),
    wanted: propertiesOf(step.newState?.inputs),
  };
  const computed = COMPUTED_PROPERTIES[typeOf(step)] ?? [];
  const changes = namesOf(step, properties)
    .filter((name) => properties.wanted.has(name) || properties.old.has(name) || !computed.includes(name))
    .flatMap((name) => (existsThroughout(step) ? updateChanges(name, properties) : inputChanges(name, properties)))
    .flatMap(membersOf);
  return (reasonsOf(step).length > 0 ? changes : withoutSameSecrets(changes)).map(
    ({ path, before, after, position }) => ({
      path: pathText(path),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      ...(position !== undefined && { position }),
    }),
  );
}

/** If the provider names no property, a secret may be what changes, but only if no visible value does. */
function withoutSameSecrets(changes: readonly ValueChange[]): readonly ValueChange[] {
  const shown = changes.filter(({ before, after }) => before !== after);
  return shown.length > 0 ? shown : changes;
}

/** Whether the resource exists before and after the step. */
function existsThroughout({ oldState, newState }: PlanStep): boolean {
  return Boolean(oldState && newState);
}

function propertiesOf(values: Readonly<Record<string, unknown>> | null | undefined): Map<string, unknown> {
  return new Map(Object.entries(Object(withoutInternals(marked(values ?? {})))));
}

/** The names of the properties that may change: those that the provider names, or all if it names none. */
function namesOf(step: PlanStep, { old, wanted }: Properties): string[] {
  // A resource that was read for an import has more properties than the program sets.
  const all = step.op === "import" ? [...wanted.keys()] : [...old.keys(), ...wanted.keys()];
  const named = reasonsOf(step);
  return [...new Set(existsThroughout(step) && named.length > 0 ? named : all)].toSorted();
}

/** The properties that the provider names as changed. */
function reasonsOf({ diffReasons, replaceReasons }: PlanStep): string[] {
  return [...(diffReasons ?? []), ...(replaceReasons ?? [])].map(topLevel);
}

function topLevel(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

function inputChanges(name: string, { old, wanted }: Properties): ValueChange[] {
  return valueChanges(old.get(name), wanted.get(name), [{ key: name }]);
}

/**
 * Compares a plain value with the live one, since somebody may have set it by hand. A live object or list has more members than the program sets, so
 * it counts only if the inputs do not differ.
 */
function updateChanges(name: string, properties: Properties): ValueChange[] {
  const { old, live, wanted } = properties;
  const path = [{ key: name }];
  // A value that is marked as a secret in one place is a secret in the others too.
  if ([old, live, wanted].some((values) => values.get(name) === SECRET)) return [hiddenChange(name, properties)];
  const isPlain = live.has(name) && typeof live.get(name) !== "object";
  const byInputs = inputChanges(name, properties);
  const byLive = live.has(name) ? valueChanges(presentIn(live.get(name)), wanted.get(name), path) : [];
  const found = (isPlain ? [byLive, byInputs] : [byInputs, byLive]).find(({ length }) => length > 0);
  return found ?? unseenChanges(wanted.get(name), path);
}

function hiddenChange(name: string, { old, live, wanted }: Properties): ValueChange {
  const secretIf = (isThere: boolean) => (isThere ? SECRET : undefined);
  return {
    path: [{ key: name }],
    before: secretIf(old.has(name) || live.has(name)),
    after: secretIf(wanted.has(name)),
  };
}

/** The live value, or undefined if it is empty, as a vendor returns a property that nobody has set. */
function presentIn(value: unknown): unknown {
  const isEmpty = value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return isEmpty ? undefined : value;
}

/** The changes of a property that shows no difference: its secrets, or one without values if it has none. */
function unseenChanges(value: unknown, path: readonly Segment[]): ValueChange[] {
  const secrets = secretPaths(value, path);
  if (secrets.length === 0) return [{ path, before: undefined, after: undefined }];
  return secrets.map((at) => ({ path: at, before: SECRET, after: SECRET }));
}

function secretPaths(value: unknown, path: readonly Segment[]): (readonly Segment[])[] {
  if (value === SECRET) return [path];
  if (!holdsSecret(value)) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => secretPaths(item, [...path, { index }]));
  return Object.entries(Object(value)).flatMap(([key, inner]) => secretPaths(inner, [...path, { key }]));
}

/** Splits an added or removed object into one change for each of its members. A list's item stays whole. */
function membersOf(change: ValueChange): ValueChange[] {
  const { path, before, after } = change;
  const last = path.at(-1);
  const value = before ?? after;
  const isWhole = (before === undefined) === (after === undefined) || last === undefined || !("key" in last);
  if (isWhole || !isBag(value) || Object.keys(value).length === 0) return [change];
  return Object.entries(value).flatMap(([key, inner]) =>
    membersOf({
      path: [...path, { key }],
      before: before === undefined ? undefined : inner,
      after: after === undefined ? undefined : inner,
    }),
  );
}
