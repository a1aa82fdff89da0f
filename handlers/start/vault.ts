/**
 * The values behind 1Password references, read through `op` and kept in memory alone.
 * Sources: https://developer.1password.com/docs/cli/reference/commands/inject/ and …/commands/read/
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OpRefusal, runOp, type Variables } from "./op.ts";

/**
 * Gives the value behind a reference.
 *
 * @throws OpUnavailable where `op` cannot be asked at all
 * @throws Error naming the reference, and what `op` said, where it cannot be read or is empty
 */
export type ReadSecret = (reference: string) => Promise<string>;

/** Reads one reference with one call. */
export const readSecret: ReadSecret = (reference) => readOne(reference, process.env);

interface Waiting {
  readonly reference: string;
  readonly settle: (value: Promise<string>) => void;
}

/**
 * Opens the vault: what is asked for before the event loop turns is read with one call. Where `op` refuses the lot, which it does over any one
 * of them without always naming it, each is asked for by itself, so that every one that fails is named.
 *
 * @param variables what `op` finds in its environment, and where its token is
 */
export function openVault(variables: Variables = process.env): ReadSecret {
  let waiting: Waiting[] = [];
  const readWaiting = () => {
    const asked = waiting;
    waiting = [];
    const values = injectAll([...new Set(asked.map(({ reference }) => reference))], variables);
    for (const { reference, settle } of asked) settle(values.then((all) => valueFrom(all, reference, variables)));
  };
  return (reference) =>
    new Promise((settle) => {
      if (waiting.length === 0) setImmediate(readWaiting);
      waiting.push({ reference, settle });
    });
}

/** A reference that the one call did not give is asked for by itself. */
async function valueFrom(values: ReadonlyMap<string, string>, reference: string, variables: Variables) {
  const value = values.get(reference);
  return value === undefined ? readOne(reference, variables) : checked(reference, value);
}

/**
 * `op` takes a template on standard input from a pipe alone, and what Node gives a child is a socket ("expected data on stdin but none found").
 * So the template, which holds references and no value, stands in a file that is ours alone, for as long as the call takes.
 */
async function injectAll(references: readonly string[], variables: Variables): Promise<ReadonlyMap<string, string>> {
  const places = references.map((reference) => ({ reference, border: randomBytes(16).toString("hex") }));
  const template = places.map(({ reference, border }) => `${border}{{ ${reference} }}${border}\n`).join("");
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-op-"));
  try {
    const file = join(folder, "template");
    await writeFile(file, template, { mode: 0o600 });
    const text = await runOp(["inject", "--in-file", file], variables);
    return new Map(places.flatMap(({ reference, border }) => between(text, reference, border)));
  } catch (error) {
    if (error instanceof OpRefusal) return new Map();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What stands between its two borders, whatever it holds. A reference that `op` left as it was has no value. */
function between(text: string, reference: string, border: string): [string, string][] {
  const [, value, ...rest] = text.split(border);
  const isValue = value !== undefined && rest.length === 1 && value !== `{{ ${reference} }}`;
  return isValue ? [[reference, value]] : [];
}

async function readOne(reference: string, variables: Variables): Promise<string> {
  const value = await runOp(["read", "--no-newline", reference], variables).catch((cause: unknown) => {
    if (!(cause instanceof OpRefusal)) throw cause;
    throw new Error(`${reference}: op read failed: ${cause.message}`, { cause });
  });
  return checked(reference, value);
}

function checked(reference: string, value: string): string {
  if (value === "") throw new Error(`${reference}: the value is empty; set it in 1Password`);
  return value;
}
