/** `npm run shut-gate`: shuts the text gate at once if a stack's config approves no texts. */
import { readOptions } from "../cli/read-options.ts";
import { runTool } from "../cli/run-tool.ts";
import { requireStack, stackFile } from "../stack/stack-config.ts";
import { shutWithdrawnGate, type WithdrawnGate } from "../stack/withdrawn-gate.ts";

const USAGE = `usage: npm run shut-gate -- --stack NAME [OPTIONS]

If the stack's config approves no texts (hub:tendlc), removes a gate file on the handler's machine
that approves them. It looks at nothing else, so neither a policy nor a vendor that does not answer
can keep a withdrawn approval alive. The next \`up\` writes the file that the config declares.
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

function inWords({ found, gateFile }: WithdrawnGate): string {
  switch (found) {
    case "approved":
      return `the config approves texts; ${gateFile} was left alone`;
    case "shut already":
      return `the text gate is shut: ${gateFile} approves nothing`;
    case "removed":
      return `the text gate was shut: ${gateFile} was removed`;
  }
}
