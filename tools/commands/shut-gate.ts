/** `npm run shut-gate`: shuts the text gate at once, for every number whose approval a stack's config does not declare, for all or for one. */
import { E164 } from "../../hub/values/values.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { requireStack, stackFile } from "../stack/stack-config.ts";
import { approvesNothing, shutWithdrawnGate, type ToShut, type WithdrawnGate } from "../stack/withdrawn-gate.ts";

const USAGE = `usage: npm run shut-gate -- --stack NAME [OPTIONS]

Removes from the gate file on the handler's machine every approval that the stack's config does
not declare: hub:tendlc for local numbers, hub:tollfree for the toll-free one, each signed off by
one of hub:owners, on a day that has come. What cannot be read approves nothing. It looks at
nothing else, so neither a policy nor a vendor that does not answer can keep a withdrawn approval
alive. The next \`up\` writes the declared file.
Exit status: 0 if the gate is shut as asked, 1 if it could not be shut.

  --stack NAME         read the config of this stack: Pulumi.NAME.yaml
  --number NUMBER      shut this number alone (E.164), whatever the config declares
  --all                shut every number, whatever the config declares
  --config-file FILE   use this file as the stack's config
  --json               print the result as JSON
  --help               print this help

example:
  npm run shut-gate -- --stack prod
  npm run shut-gate -- --stack prod --number +18446883807`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  number: { type: "string" },
  all: { type: "boolean", default: false },
  "config-file": { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const { stack, number, all, "config-file": configFile, json, help } = readOptions(OPTIONS, "npm run shut-gate");
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const name = requireStack(stack, "npm run shut-gate -- --stack prod");
  const toShut = toShutBy(number, all);
  const gate = await shutWithdrawnGate(configFile ?? stackFile(name), toShut);
  process.stdout.write(`${json ? JSON.stringify(gate) : inWords(gate, toShut)}\n`);
  return 0;
});

function toShutBy(number: string | undefined, all: boolean): ToShut {
  if (number === undefined) return all ? "all" : "undeclared";
  if (all) throw new UserError("--number and --all exclude each other; drop one of them");
  const parsed = E164.safeParse(number);
  if (parsed.success) return { number: parsed.data };
  throw new UserError(`--number: expected a phone number in E.164, like +18446883807; found ${JSON.stringify(number)}`);
}

function inWords({ found, gateFile, problem }: WithdrawnGate, toShut: ToShut): string {
  const reason = problem === undefined ? "" : `; ${approvesNothing(problem)}`;
  const because = toShut === "undeclared" ? "the config does not declare" : "was asked for";
  switch (found) {
    case "approved":
      return `the config declares every approval in ${gateFile}; it was left alone`;
    case "shut already":
      return typeof toShut === "object"
        ? `the text gate is shut for ${toShut.number}: ${gateFile} has no line for it`
        : `the text gate is shut: ${gateFile} approves nothing${reason}`;
    case "some removed":
      return `the text gate was shut for what ${because}: its lines were removed from ${gateFile}${reason}`;
    case "removed":
      return `the text gate was shut for what ${because}: ${gateFile} was removed${reason}`;
  }
}
