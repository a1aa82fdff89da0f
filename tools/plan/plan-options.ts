/** The options `--record`, `--findings` and `--expect` of `npm run preview` and `npm run up`: record a plan, write its findings, compare it with a record. */
import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { UserError } from "../cli/run-tool.ts";
import { isEarlierRecord, PlanRecord, planDifferences, recordOf } from "./plan-record.ts";
import type { PolicyFinding } from "./policy-findings.ts";
import type { PlanStep } from "./step.ts";

/** The command that takes each of these options. Every option takes a file. */
const VERBS = { record: "preview", findings: "preview", expect: "up" } as const;
type OptionName = keyof typeof VERBS;
const NAMES: readonly OptionName[] = ["record", "findings", "expect"];

/** The files of the options that were given. */
export type PlanFiles = Readonly<Partial<Record<OptionName, string>>>;

/** A plan that the engine finished. */
export interface SeenPlan {
  /** The preview's exit status. */
  readonly code: number;
  readonly steps: readonly PlanStep[];
  readonly findings: readonly PolicyFinding[];
}

/**
 * Takes `--record FILE`, `--findings FILE` and `--expect FILE` out of a command line: the Pulumi CLI does not know them.
 *
 * @throws UserError if one is given to another command or has no file
 */
export function takePlanOptions(verb: string, args: readonly string[]): { files: PlanFiles; rest: string[] } {
  const options = Object.fromEntries(NAMES.map((name) => [name, { type: "string" } as const]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const files: Partial<Record<OptionName, string>> = {};
  const taken = new Set<number>();
  for (const token of tokens) {
    const name = NAMES.find((known) => token.kind === "option" && token.rawName === `--${known}`);
    if (name === undefined || token.kind !== "option") continue;
    if (verb !== VERBS[name])
      throw new UserError(`--${name} is an option of npm run ${VERBS[name]} only; leave it out`);
    if (!token.value || token.value.startsWith("-")) throw new UserError(`--${name} needs a file: --${name} FILE`);
    files[name] = token.value;
    taken.add(token.index);
    if (!token.inlineValue) taken.add(token.index + 1);
  }
  return { files, rest: args.filter((_, index) => !taken.has(index)) };
}

/**
 * Makes the function that carries out these options on a plan.
 *
 * @param files the files that {@link takePlanOptions} found
 * @param config the hub's part of the stack's config, by key
 * @returns a function that gives a line for each reason to stop; it throws a UserError if a file cannot be read or written
 */
export function planInspector(
  { record, findings, expect }: PlanFiles,
  config: Readonly<Record<string, unknown>>,
): (plan: SeenPlan) => Promise<string[]> {
  return async (plan) => {
    if (findings !== undefined) await write("--findings", findings, plan.findings);
    // A plan that the engine or a policy refuses cannot be approved.
    if (record !== undefined && plan.code === 0) await write("--record", record, recordOf(plan.steps, config));
    // A preview that failed ends the run anyway.
    if (expect === undefined || plan.code !== 0) return [];
    return planDifferences(await readRecord(expect), recordOf(plan.steps, config)).map(
      (line) => `the plan differs from ${expect}: ${line}; make a new preview and have it approved`,
    );
  };
}

async function readRecord(file: string): Promise<PlanRecord> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(
      `--expect ${file} cannot be read (${cause.code}); write it with: npm run preview -- --record ${file}`,
      {
        cause,
      },
    );
  });
  const record = PlanRecord.safeParse(parsed(text));
  if (record.success) return record.data;
  const problem = isEarlierRecord(parsed(text)) ? "was written by an earlier version" : "is not a complete plan record";
  throw new UserError(`--expect ${file} ${problem}; make a new preview with: npm run preview -- --record ${file}`);
}

/** The parsed JSON, or undefined if the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function write(option: string, file: string, content: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${option} ${file} cannot be written (${cause.code}); name a file in a folder that exists`, {
      cause,
    });
  });
}
