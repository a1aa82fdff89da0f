/** `npm run policy`: runs the policies of the pack on an exported state. */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import * as pulumi from "@pulumi/pulumi";
import { CONFIG_NAMESPACE, parseConfig } from "../../hub/config/parse.ts";
import { dayOf, exceptionsOn } from "../../hub/guards/exceptions.ts";
import { allPolicies } from "../../policies/all-policies.ts";
import { stackManifest } from "../../policies/reading/stack.ts";
import { withExceptions } from "../../policies/with-exceptions.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { Deployment, stateProblems } from "../plan/kept-resources.ts";
import { liveNumbers } from "../policy/live-numbers.ts";
import { ExportedState, type Finding, findingsOf } from "../policy/state-findings.ts";
import { readStackConfig, stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm run policy -- --file STATE [OPTIONS]

Runs the policies on an exported state. It checks what the state holds; only a preview shows what a
run would change, delete or replace. Exit status: 1 if a mandatory policy is violated, 0 otherwise.

  --file STATE         a file that \`pulumi stack export\` wrote; - reads standard input
  --stack NAME         read the config of this stack (default: the stack in the state's URNs)
  --config-file FILE   use this file as the stack's config
  --json               print the findings as JSON
  --help               print this help

examples:
  npm run --silent pulumi -- stack export --stack prod --file state.json
  npm run policy -- --file state.json
  npm run --silent policy -- --file - --json < state.json`;

const OPTIONS = {
  file: { type: "string" },
  stack: { type: "string", short: "s" },
  "config-file": { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const { file, stack, "config-file": configFile, json, help } = readOptions(OPTIONS, "npm run policy");
  if (help) return print(USAGE);
  if (file === undefined)
    throw new UserError("--file is missing: name an exported state, for example --file state.json");
  const state = await readState(file);
  const exported = ExportedState.parse(state);
  await useConfig(configFile ?? stackFile(stack ?? stackOf(exported, file)));
  const policies = withExceptions(allPolicies(stackManifest), exceptionsOn(dayOf(new Date())));
  const ofOne = policies.filter((policy) => "validateResource" in policy);
  const found = distinct([
    ...(await findingsOf(policies, exported)),
    ...(await findingsOf(ofOne, liveNumbers(exported, stackManifest()))),
    ...keptFindings(state),
  ]);
  print(json ? JSON.stringify(found, null, 2) : report(found, policies.length));
  return found.some(({ level }) => level === "mandatory") ? 1 : 0;
});

/** The name of the stack in the URNs of a state (https://www.pulumi.com/docs/iac/concepts/resources/names/#urns). */
function stackOf({ deployment }: ExportedState, file: string): string {
  const stacks = new Set(deployment.resources.map(({ urn }) => /^urn:pulumi:([^:]+)::/.exec(urn)?.[1]));
  const [stack] = stacks;
  if (stack !== undefined && stacks.size === 1) return stack;
  throw new UserError(`${file}: cannot tell the stack from its URNs; add --stack NAME or --config-file FILE`);
}

/** Removes findings that were made twice, in the declared and in the live values of a number. */
function distinct(found: readonly Finding[]): Finding[] {
  return [...new Map(found.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** Passes the stack's config to the policies in the way the engine does. */
async function useConfig(file: string): Promise<void> {
  const { hub, source } = await readStackConfig(file);
  parseConfig(hub, source);
  const config = Object.entries(hub).map(([key, value]) => [`${CONFIG_NAMESPACE}:${key}`, JSON.stringify(value)]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config));
}

async function readState(file: string): Promise<unknown> {
  const content = await (file === "-" ? text(process.stdin) : readFile(file, "utf8")).catch((cause: unknown) => {
    throw new UserError(`${file}: no such file; write it with: npm run --silent pulumi -- stack export --stack NAME`, {
      cause,
    });
  });
  try {
    const state: unknown = JSON.parse(content);
    return Deployment.parse(state) && state;
  } catch {
    // The file may hold secrets, so the message does not quote it.
    throw new UserError(
      `${file}: not an exported state; write it with: npm run --silent pulumi -- stack export --stack NAME`,
    );
  }
}

function keptFindings(state: unknown): Finding[] {
  return stateProblems(Deployment.parse(state)).map((problem) => ({
    policy: "number-kept",
    level: "mandatory",
    message: problem.replace("number-kept: ", ""),
  }));
}

function report(found: readonly Finding[], count: number): string {
  if (found.length === 0) return `${count} policies, nothing found`;
  return found
    .map(({ policy, level, message }) => `${level === "mandatory" ? "error" : "warning"}: ${policy}: ${message}`)
    .join("\n");
}

function print(output: string): number {
  process.stdout.write(`${output}\n`);
  return 0;
}
