/** `npm run shut-gate`: shuts the text gate at once unless it is open as a stack's config declares. */
import { readOptions } from "../cli/read-options.ts";
import { runTool } from "../cli/run-tool.ts";
import { requireStack, stackFile } from "../stack/stack-config.ts";
import { approvesNothing, shutWithdrawnGate, type WithdrawnGate } from "../stack/withdrawn-gate.ts";

const USAGE = `usage: npm run shut-gate -- --stack NAME [OPTIONS]

Removes the gate file on the handler's machine unless it is the one that the stack's config
declares: the same approval (hub:tendlc, signed off by one of hub:owners), on a day that has come.
What cannot be read approves nothing. It looks at nothing else, so neither a policy nor a vendor
that does not answer can keep a withdrawn approval alive. The next \`up\` writes the declared file.
Exit status: 0 if the gate agrees with the config, 1 if it could not be shut.

  --stack NAME         read the config of this stack: Pulumi.NAME.yaml
  --config-file FILE   use this file as the stack's config
  --json               print the result as JSON
  --help               print this help

example:
  npm run shut-gate -- --stack prod`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  "config-file": { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const { stack, "config-file": configFile, json, help } = readOptions(OPTIONS, "npm run shut-gate");
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const name = requireStack(stack, "npm run shut-gate -- --stack prod");
  const gate = await shutWithdrawnGate(configFile ?? stackFile(name));
  process.stdout.write(`${json ? JSON.stringify(gate) : inWords(gate)}\n`);
  return 0;
});

function inWords({ found, gateFile, problem }: WithdrawnGate): string {
  const reason = problem === undefined ? "" : `; ${approvesNothing(problem)}`;
  switch (found) {
    case "approved":
      return `the config approves texts, and ${gateFile} is the file that it declares; it was left alone`;
    case "shut already":
      return `the text gate is shut: ${gateFile} approves nothing${reason}`;
    case "removed":
      return `the text gate was shut: ${gateFile} was removed, because the config does not declare it${reason}`;
  }
}
