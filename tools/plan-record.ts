/**
 * What a plan was when somebody approved it, and how a fresh one differs. A record holds digests and names, no values, and nothing that differs
 * by run: no time, no path of a source, no message.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../hub/digest.ts";

const State = z.object({ inputs: z.record(z.string(), z.unknown()).optional() });

/** What a record needs of a step, in the words of `pulumi preview --json`. */
export const RecordableStep = z.object({
  op: z.string(),
  urn: z.string(),
  newState: State.nullish(),
  detailedDiff: z.record(z.string(), z.unknown()).nullish(),
});
export type RecordableStep = z.infer<typeof RecordableStep>;

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const Digests = z.record(z.string(), Digest);
const Content = z.object({
  version: z.literal(1),
  /** A digest for each key of the stack's config. */
  config: Digests,
  steps: z.array(
    z.object({
      urn: z.string(),
      op: z.string(),
      /** The paths of the properties that change. */
      changes: z.array(z.string()),
      /** A digest for each path of the new inputs. */
      inputs: Digests,
    }),
  ),
});
type Content = z.infer<typeof Content>;
type RecordedStep = Content["steps"][number];

/** A plan as it was approved. */
export const PlanRecord = Content.extend({ digest: Digest }).refine(
  ({ digest, ...content }) => digest === digestOf(content),
  { error: "its digest is not that of its content" },
);
export type PlanRecord = z.infer<typeof PlanRecord>;

/** Steps that change nothing in the cloud. */
const UNCHANGING: readonly string[] = ["same", "refresh", "read"];

/** How the engine marks a secret in its events (https://github.com/pulumi/pulumi, sdk/go/common/resource/sig). In its JSON it masks the value whole. */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const MASKED = "[secret]";

/**
 * The record of a plan. A secret's value is not in it: the engine masks it, so that another value shows only as a changed property.
 *
 * @param config the hub's part of the stack's config, by key
 */
export function recordOf(steps: readonly RecordableStep[], config: Readonly<Record<string, unknown>>): PlanRecord {
  const recorded = steps
    .filter(({ op }) => !UNCHANGING.includes(op))
    .map(({ op, urn, newState, detailedDiff }) => ({
      urn,
      op,
      changes: Object.keys(detailedDiff ?? {}).toSorted(),
      inputs: digestsOf(leavesOf(newState?.inputs ?? {})),
    }))
    .toSorted((a, b) => compare(keyOf(a), keyOf(b)));
  const content: Content = { version: 1, config: digestsOf(Object.entries(config)), steps: recorded };
  return { ...content, digest: digestOf(content) };
}

/** A line for each difference: the resource, the operation and the property, or the config's key. None where both plans are the same. */
export function planDifferences(expected: PlanRecord, found: PlanRecord): string[] {
  const config = differingKeys(expected.config, found.config).map((key) => `hub:${key}: the config's value differs`);
  const steps = new Map(found.steps.map((step) => [keyOf(step), step]));
  const missing = expected.steps.flatMap((step) => {
    const same = steps.get(keyOf(step));
    steps.delete(keyOf(step));
    return same === undefined
      ? [`${label(step)}: was approved, and would not happen now`]
      : stepDifferences(step, same);
  });
  const added = [...steps.values()].map((step) => `${label(step)}: was not approved`);
  return [...config, ...missing, ...added];
}

function stepDifferences(expected: RecordedStep, found: RecordedStep): string[] {
  const inputs = differingKeys(expected.inputs, found.inputs);
  const changes = symmetricDifference(expected.changes, found.changes).filter((path) => !inputs.includes(path));
  return [
    ...inputs.map((path) => `${label(found)}: ${path} would be set to another value than was approved`),
    ...changes.map((path) => `${label(found)}: ${path} changes in one of the two plans alone`),
  ];
}

function differingKeys(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.filter((key) => a[key] !== b[key]).toSorted();
}

function symmetricDifference(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set(a).symmetricDifference(new Set(b))].toSorted();
}

function label({ urn, op }: RecordedStep): string {
  return `${urn.slice(urn.lastIndexOf("::") + 2)} (${op})`;
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
  return `sha256:${createHash("sha256").update(canonicalJson({ value })).digest("hex")}`;
}

/** Every value inside a value with its path, as the engine writes it: `config.ingresses[1].path`. */
function leavesOf(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  if (SIGNATURE_KEY in value) return [[path, MASKED]];
  const inner = Array.isArray(value)
    ? value.map((item, index) => [`${path}[${index}]`, item] as const)
    : Object.entries(value).map(([key, item]) => [path === "" ? key : `${path}.${key}`, item] as const);
  return inner.length === 0 && path !== "" ? [[path, value]] : inner.flatMap(([at, item]) => leavesOf(item, at));
}
