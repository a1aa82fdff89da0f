/** The engine's marks of values that cannot be shown, and the texts that replace them here. */

/** Stands for a secret. The engine's JSON prints it instead of the value. */
export const SECRET = "[secret]";

/** Stands for a value that is known only after the `up`. */
export const UNKNOWN = "[unknown]";

/** The key that marks a value as special in the engine's events and in a state (https://github.com/pulumi/pulumi, sdk/go/common/resource/sig). */
export const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";

/** The engine's own text for a value that is not known yet (`UnknownStringValue` in the same repository). */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Keys that a provider keeps for itself, like `__defaults` and `__meta`. */
const INTERNAL = /^__/;

/**
 * Replaces secrets by {@link SECRET} and unknown values by {@link UNKNOWN}, in the engine's events and in its JSON alike. Every marked value counts
 * as a secret, so a mark that a later engine adds reveals nothing either. Members without a value are left out.
 */
export function marked(value: unknown): unknown {
  if (value === UNKNOWN_TEXT) return UNKNOWN;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  if (SIGNATURE_KEY in value) return SECRET;
  const members = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(members.map(([key, inner]) => [key, marked(inner)]));
}

/** Returns the value without the keys that a provider keeps for itself. */
export function withoutInternals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutInternals);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([key]) => !INTERNAL.test(key));
  return Object.fromEntries(members.map(([key, inner]) => [key, withoutInternals(inner)]));
}

/** Whether a value that {@link marked} returned contains a secret. */
export function holdsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === SECRET;
  return Object.values(value).some(holdsSecret);
}
