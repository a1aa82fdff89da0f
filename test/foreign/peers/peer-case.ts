/** The cases that the tests of peers name: projects that receive webhooks, sign them, or stand in for Twilio. Each is a fact in our own words. */

/** A test of this project: its file, its title or that of a group around it, and for a group or a table the titles and rows in it. */
export type OurTest = readonly [file: string, title: string, ...inside: string[]];

/** A case. */
export interface PeerCase {
  readonly case: string;
  /** The test of ours that holds it. Absent if the case does not apply. */
  readonly test?: OurTest;
  /** Why the case does not apply, or why this project decides otherwise on purpose, as its test shows. */
  readonly reason?: string;
}

/** A peer's cases, by the path of its test. */
export interface Peer {
  /** The repository on GitHub, as owner and name. */
  readonly repository: string;
  readonly cases: Readonly<Record<string, readonly PeerCase[]>>;
}

/** A case that a test of ours holds. */
export function held(name: string, ...test: OurTest): PeerCase {
  return { case: name, test };
}

/** A case that this project decides otherwise on purpose, with the test that shows it. */
export function differs(name: string, reason: string, ...test: OurTest): PeerCase {
  return { case: name, reason, test };
}

/** A case that does not apply. */
export function foreign(name: string, reason: string): PeerCase {
  return { case: name, reason };
}
