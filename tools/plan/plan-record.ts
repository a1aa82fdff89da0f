/**
 * The record of an approved plan, and the differences of a fresh plan from it. A record holds names and digests instead of values, and nothing that
 * differs from run to run: no time, no path of a source file, no message, and no property that a provider computes.
 */
import { z } from "zod";
import { canonicalJson, sha256 } from "../../hub/values/canonical-json.ts";
import { isChanging, nameOf, type PlanStep } from "./step.ts";
import { type Change, changesOf } from "./step-changes.ts";
import { marked } from "./value-marks.ts";

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const Digests = z.record(z.string(), Digest);
const RecordedChange = z.object({
  path: z.string(),
  /** A digest of the old value. Absent for an addition. */
  before: Digest.optional(),
  /** A digest of the new value. Absent for a removal. */
  after: Digest.optional(),
});
type RecordedChange = z.infer<typeof RecordedChange>;

const VERSION = 2;
const Content = z.object({
  version: z.literal(VERSION),
  /** A digest for each key of the stack's config. */
  config: Digests,
  steps: z.array(
    z.object({
      urn: z.string(),
      op: z.string(),
      /** The properties that change. */
      changes: z.array(RecordedChange),
      /** A digest for each path of the new inputs. */
      inputs: Digests,
    }),
  ),
});
type Content = z.infer<typeof Content>;
type RecordedStep = Content["steps"][number];

/** The record of an approved plan. Its digest must be that of its content. */
export const PlanRecord = Content.extend({ digest: Digest }).refine(
  ({ digest, ...content }) => digest === digestOf(content),
  { error: "its digest is not that of its content" },
);
export type PlanRecord = z.infer<typeof PlanRecord>;

/** A record that an earlier version of this project wrote. */
const EarlierRecord = z.object({ version: z.number().lt(VERSION) });

/** Whether a file's content is a record that an earlier version wrote. Such a record has no old values, so it approves nothing. */
export function isEarlierRecord(content: unknown): boolean {
  return EarlierRecord.safeParse(content).success;
}

/**
 * Records a plan. The engine masks a secret's value, so a different secret shows only as a changed property.
 *
 * @param config the hub's part of the stack's config, by key
 */
export function recordOf(steps: readonly PlanStep[], config: Readonly<Record<string, unknown>>): PlanRecord {
  const recorded = steps
    .filter(isChanging)
    .map((step) => ({
      urn: step.urn,
      op: step.op,
      changes: changesOf(step).map(recordedChange),
      inputs: digestsOf(leavesOf(marked(step.newState?.inputs ?? {}))),
    }))
    .toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  const content: Content = { version: VERSION, config: digestsOf(Object.entries(config)), steps: recorded };
  return { ...content, digest: digestOf(content) };
}

function recordedChange({ path, before, after }: Change): RecordedChange {
  return {
    path,
    ...(before !== undefined && { before: digestOf(before) }),
    ...(after !== undefined && { after: digestOf(after) }),
  };
}

/** Returns a line for each difference: the resource, the operation and the property, or the config's key. Empty if both plans are the same. */
export function planDifferences(expected: PlanRecord, found: PlanRecord): string[] {
  const config = differingKeys(expected.config, found.config).map((key) => `hub:${key}: the config's value differs`);
  const steps = new Map(found.steps.map((step) => [keyOf(step), step]));
  const missing = expected.steps.flatMap((step) => {
    const same = steps.get(keyOf(step));
    steps.delete(keyOf(step));
    return same === undefined ? [`${label(step)}: was approved, but would not happen`] : stepDifferences(step, same);
  });
  const added = [...steps.values()].map((step) => `${label(step)}: was not approved`);
  return [...config, ...missing, ...added];
}

function stepDifferences(expected: RecordedStep, found: RecordedStep): string[] {
  const inputs = differingKeys(expected.inputs, found.inputs);
  return [
    ...inputs.map((path) => `${label(found)}: ${path} would be set to another value than was approved`),
    ...changeDifferences(expected.changes, found.changes)
      // The line about the input already reports it.
      .filter(({ path }) => !inputs.includes(path))
      .map(({ path, difference }) => `${label(found)}: ${path} ${difference}`),
  ];
}

/** The differences between the changes that two plans make to one resource, by path. */
function changeDifferences(expected: readonly RecordedChange[], found: readonly RecordedChange[]) {
  const [approved, fresh] = [byPath(expected), byPath(found)];
  const paths = [...new Set([...approved.keys(), ...fresh.keys()])].toSorted();
  return paths.flatMap((path) => {
    const difference = changeDifference(approved.get(path), fresh.get(path));
    return difference === undefined ? [] : [{ path, difference }];
  });
}

function changeDifference(approved: RecordedChange | undefined, fresh: RecordedChange | undefined): string | undefined {
  if (approved === undefined) return "would change, but not in the approved plan";
  if (fresh === undefined) return "would change in the approved plan, but not in this one";
  if (approved.before !== fresh.before) return "has another value than in the approved plan";
  return approved.after === fresh.after ? undefined : "would be set to another value than was approved";
}

function byPath(changes: readonly RecordedChange[]): Map<string, RecordedChange> {
  return new Map(changes.map((change) => [change.path, change]));
}

function differingKeys(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.filter((key) => a[key] !== b[key]).toSorted();
}

function label({ urn, op }: RecordedStep): string {
  return `${nameOf(urn)} (${op})`;
}

function keyOf({ urn, op }: RecordedStep): string {
  return `${urn} ${op}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function digestsOf(entries: readonly (readonly [string, unknown])[]): Record<string, string> {
  return Object.fromEntries(entries.map(([path, value]) => [path, digestOf(value)]));
}

function digestOf(value: unknown): string {
  return `sha256:${sha256(canonicalJson({ value }))}`;
}

/** Every value inside a value, with its path as the engine writes it: `config.ingresses[1].path`. */
function leavesOf(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  const inner = Array.isArray(value)
    ? value.map((item, index) => [`${path}[${index}]`, item] as const)
    : Object.entries(value).map(([key, item]) => [path === "" ? key : `${path}.${key}`, item] as const);
  return inner.length === 0 && path !== "" ? [[path, value]] : inner.flatMap(([at, item]) => leavesOf(item, at));
}
