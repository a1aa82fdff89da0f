/** The URLs in a TwiML answer. */

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads a URL from an attribute of the first verb of this name, with its entities resolved.
 *
 * @throws Error if the verb or its attribute is missing
 */
export function twimlUrl(twiml: string, verb: string, attribute = "action"): string {
  const [, attributes = ""] = new RegExp(`<${verb}(\\s[^>]*)>`).exec(twiml) ?? [];
  const value = new RegExp(`\\s${attribute}="([^"]*)"`).exec(attributes)?.[1];
  if (value === undefined) throw new Error(`the TwiML has no <${verb}> with ${attribute}`);
  return value.replace(/&(\w+);/g, (reference, name) => ENTITIES[name] ?? reference);
}
