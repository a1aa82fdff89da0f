/** The texts in a value, each with its place. */

/** A text somewhere in a value. */
export interface FoundText {
  /** Its place: `config.ingresses[0].path`. */
  readonly path: string;
  /** The name of the property that holds it: the last name of the path. */
  readonly name: string;
  readonly text: string;
}

/** Every text in a value. A value that a preview does not know is left out: the update shows it to the policies before it changes anything. */
export function textsIn(value: unknown, path = "", name = ""): FoundText[] {
  if (typeof value === "string") return [{ path, name, text: value }];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, `${path}[${index}]`, name));
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, path === "" ? key : `${path}.${key}`, key));
}

/** Every property name in a value, as a text: a name can show something that no value shows. */
export function namesIn(value: unknown, path = ""): FoundText[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => namesIn(item, `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return [{ path: at, name: key, text: key }, ...namesIn(inner, at)];
  });
}
