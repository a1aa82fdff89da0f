/**
 * The values behind 1Password references, read through `op` and kept only in memory.
 * Sources: https://developer.1password.com/docs/cli/reference/commands/inject/ and …/commands/read/
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOp, type Variables } from "./op.ts";
import { OpRefusal, OpUnavailable } from "./op-failure.ts";

/**
 * Reads the value behind a reference.
 *
 * @throws OpUnavailable if `op` cannot be used at all
 * @throws Error naming the reference, with the message of `op`, if the value cannot be read or is empty
 */
export type ReadSecret = (reference: string) => Promise<string>;

/** Reads one reference with one call. */
export const readSecret: ReadSecret = (reference) => readOne(reference, process.env);

interface Waiting {
  readonly reference: string;
  readonly settle: (value: Promise<string>) => void;
}

/**
 * Opens the vault. All references that are requested in one turn of the event loop are read in a single call. One bad reference makes `op`
 * reject the whole batch, and not always by name. Then each reference is read alone, so that every bad one is named. If the failure concerns every
 * reference, above all 1Password's rate limit, it is the last call: each further one would fail too, and count.
 *
 * @param variables the environment of `op`, which also names its token's file
 */
export function openVault(variables: Variables = process.env): ReadSecret {
  let waiting: Waiting[] = [];
  const readWaiting = () => {
    const asked = waiting;
    waiting = [];
    const values = injectAll([...new Set(asked.map(({ reference }) => reference))], variables);
    const readAlone = oneByOne((reference) => readOne(reference, variables));
    for (const { reference, settle } of asked) {
      settle(
        values.then(
          (all) => valueFrom(all, reference, readAlone),
          (error: unknown) => Promise.reject(failureOf(reference, error)),
        ),
      );
    }
  };
  return (reference) =>
    new Promise((settle) => {
      if (waiting.length === 0) setImmediate(readWaiting);
      waiting.push({ reference, settle });
    });
}

/** The value of a reference. It is read alone if the batch did not return it. */
async function valueFrom(values: ReadonlyMap<string, string>, reference: string, readAlone: ReadSecret) {
  const value = values.get(reference);
  return value === undefined ? readAlone(reference) : checked(reference, value);
}

/** The failure of a reference whose batch failed. A refusal names the reference, as if it had been read alone. */
function failureOf(reference: string, error: unknown): unknown {
  if (!(error instanceof OpUnavailable && error.cause instanceof OpRefusal)) return error;
  return new Error(`${reference}: op read failed: ${error.cause.message}`, { cause: error });
}

/** Reads each reference once the one before it was read, and none after `op` could not be used: the others fail in the same way. */
function oneByOne(read: ReadSecret): ReadSecret {
  let last: Promise<unknown> = Promise.resolve();
  let failed: OpUnavailable | undefined;
  const next = async (reference: string) => {
    if (failed !== undefined) throw failed;
    return read(reference).catch((error: unknown) => {
      if (error instanceof OpUnavailable) failed = error;
      throw error;
    });
  };
  return (reference) => {
    const reading = last.then(() => next(reference));
    last = reading.catch(() => undefined);
    return reading;
  };
}

/**
 * Reads references in one call. `op` reads a template from standard input only if that is a pipe, and Node gives a child a socket ("expected
 * data on stdin but none found"). The template is therefore in a private file while the call runs. It contains references and no value.
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
    if (!(error instanceof OpRefusal)) throw error;
    if (error.ofAll !== undefined) throw error.ofAll;
    return new Map();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The text between two borders, which may be any text. A reference that `op` left unchanged has no value. */
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
