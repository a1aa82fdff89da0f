/** A conflict between keys, reported at the key that should change. */
export interface Conflict {
  readonly path: (string | number)[];
  readonly message: string;
}
