/**
 * What a step of a plan changes, from what every provider sends: the names of the changed properties, the old and new inputs, and the old outputs.
 */
import { COMPUTED_PROPERTIES } from "./computed-properties.ts";
import { holdsSecret, marked, SECRET, withoutInternals } from "./marks.ts";
import { isChanging, type PlanStep, typeOf } from "./step.ts";
import { isBag, pathText, type Segment, type ValueChange, valueChanges } from "./value-changes.ts";

/** A change of one property. It has neither value if the provider names the property and shows no difference. */
export interface Change {
  /** Like `environment.HUB_RELEASE` or `config.ingresses[webhook.reri.co ^/voice/status$]`. */
  readonly path: string;
  /** Absent for an addition. */
  readonly before?: unknown;
  /** Absent for a removal. */
  readonly after?: unknown;
  /** The place of an added ingress rule among all rules, counted from 1: the first rule that matches wins. */
  readonly position?: number;
}

/** The inputs and outputs of a step, in the form that `marked` gives. */
interface Properties {
  readonly old: ReadonlyMap<string, unknown>;
  readonly live: ReadonlyMap<string, unknown>;
  readonly wanted: ReadonlyMap<string, unknown>;
}

/**
 * The changes of a step, in the order of the properties' names. A step that changes nothing in the cloud has none, and neither has an import of a
 * resource that the engine has not read yet: the engine plans an update after it if the resource differs.
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

/** If the provider names no property, a secret may be the one that changes; but only if nothing that is shown does. */
function withoutSameSecrets(changes: readonly ValueChange[]): readonly ValueChange[] {
  const shown = changes.filter(({ before, after }) => before !== after);
  return shown.length > 0 ? shown : changes;
}

/** Whether the resource is there before and after the step. */
function existsThroughout({ oldState, newState }: PlanStep): boolean {
  return Boolean(oldState && newState);
}

function propertiesOf(values: Readonly<Record<string, unknown>> | null | undefined): Map<string, unknown> {
  return new Map(Object.entries(Object(withoutInternals(marked(values ?? {})))));
}

/** The names of the properties that may change: those that the provider names, otherwise all. */
function namesOf(step: PlanStep, { old, wanted }: Properties): string[] {
  // What was read for an import has more properties than the program sets.
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
 * A plain value is compared with what is live, since somebody may have set it by hand. An object or a list has more members live than the program
 * sets, so the live one counts only if the inputs do not differ.
 */
function updateChanges(name: string, properties: Properties): ValueChange[] {
  const { old, live, wanted } = properties;
  const path = [{ key: name }];
  // A value that is marked in one place only is a secret in the others too.
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

/** The live value, or undefined if it is empty: a vendor answers so for a property that nobody has set. */
function presentIn(value: unknown): unknown {
  const isEmpty = value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return isEmpty ? undefined : value;
}

/** A property that changes and shows no difference: its secrets changed, or the provider does not say what did. */
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

/** An object that is added or removed as one change for each of its members; a list's item stays whole. */
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
