/** The differences between two values. */
import { isDeepStrictEqual } from "node:util";
import { identitiesOf } from "./rule-identity.ts";
import { SECRET } from "./value-marks.ts";

/** A part of a path: a member's key, a list item's index or identity, or the order of a list's items. */
export type Segment =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly item: string }
  | { readonly order: true };

/** A difference. An absent value is undefined. */
export interface ValueChange {
  readonly path: readonly Segment[];
  readonly before: unknown;
  readonly after: unknown;
  /** The position of an added item in the new list, from 1. Present if the items have an identity, since their order then matters. */
  readonly position?: number;
}

/**
 * Returns the differences between two values that `marked` returned; empty if they are equal. List items are matched by their identity if they have
 * one, otherwise by their index. If one of two differing values is a secret, the other is hidden too.
 */
export function valueChanges(before: unknown, after: unknown, path: readonly Segment[] = []): ValueChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (before === SECRET || after === SECRET) return [{ path, before: hidden(before), after: hidden(after) }];
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path);
  if (!isBag(before) || !isBag(after)) return [{ path, before, after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => valueChanges(memberOf(before, key), memberOf(after, key), [...path, { key }]));
}

/** Writes a path as the engine does, like `config.ingresses[0].path`. An item with an identity has the identity in the brackets. */
export function pathText(path: readonly Segment[]): string {
  return path.map(segmentText).join("").replace(/^\./, "");
}

/** Whether a value is an object and not a list. */
export function isBag(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function segmentText(segment: Segment): string {
  if ("key" in segment) return `.${segment.key}`;
  if ("index" in segment) return `[${segment.index}]`;
  return "item" in segment ? `[${segment.item}]` : " (order)";
}

function hidden(value: unknown): unknown {
  return value === undefined ? undefined : SECRET;
}

function memberOf(bag: object, key: string): unknown {
  return Object.hasOwn(bag, key) ? Reflect.get(bag, key) : undefined;
}

function listChanges(before: readonly unknown[], after: readonly unknown[], path: readonly Segment[]): ValueChange[] {
  const [oldNames, newNames] = [identitiesOf(before), identitiesOf(after)];
  if (oldNames === undefined || newNames === undefined) return placeChanges(before, after, path);
  const at = (item: string) => [...path, { item }];
  const [olds, news] = [itemsByName(oldNames, before), itemsByName(newNames, after)];
  const removed = oldNames.filter((name) => !news.has(name));
  const kept = oldNames.filter((name) => news.has(name));
  const added = newNames.filter((name) => !olds.has(name));
  return [
    ...removed.map((name) => ({ path: at(name), before: olds.get(name), after: undefined })),
    ...kept.flatMap((name) => valueChanges(olds.get(name), news.get(name), at(name))),
    ...orderChange(
      kept,
      newNames.filter((name) => olds.has(name)),
      path,
    ),
    ...added.map((name) => ({
      path: at(name),
      before: undefined,
      after: news.get(name),
      position: newNames.indexOf(name) + 1,
    })),
  ];
}

function itemsByName(names: readonly string[], list: readonly unknown[]): Map<string, unknown> {
  return new Map(names.map((name, index) => [name, list[index]]));
}

function placeChanges(before: readonly unknown[], after: readonly unknown[], path: readonly Segment[]): ValueChange[] {
  const places = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
  return places.flatMap((index) => valueChanges(before[index], after[index], [...path, { index }]));
}

/** The change of order: the items from the first to the last that moved. */
function orderChange(before: readonly string[], after: readonly string[], path: readonly Segment[]): ValueChange[] {
  const isMoved = (name: string, index: number) => name !== after[index];
  const [first, last] = [before.findIndex(isMoved), before.findLastIndex(isMoved) + 1];
  if (first === -1) return [];
  return [{ path: [...path, { order: true }], before: before.slice(first, last), after: after.slice(first, last) }];
}
