/** Reading the URLs in a TwiML answer. */

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * The URL in an attribute of the TwiML's first such verb, as Twilio would call it.
 *
 * @throws Error where no such verb has the attribute
 */
export function twimlUrl(twiml: string, verb: string, attribute = "action"): string {
  const [, attributes = ""] = new RegExp(`<${verb}(\\s[^>]*)>`).exec(twiml) ?? [];
  const value = new RegExp(`\\s${attribute}="([^"]*)"`).exec(attributes)?.[1];
  if (value === undefined) throw new Error(`the TwiML has no <${verb}> with ${attribute}`);
  return value.replace(/&(\w+);/g, (reference, name) => ENTITIES[name] ?? reference);
}
