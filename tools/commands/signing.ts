/** `npm run signing`: makes, turns and shows the keys that sign webhooks. */
import { progress } from "../cli/progress.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { deleteKey } from "../signing/delete-key.ts";
import { type Hub, readHub } from "../signing/hub.ts";
import { parseKeyItem } from "../signing/key-item.ts";
import { lookAtTwilio } from "../signing/look.ts";
import { readRunning, readSignedCounts } from "../signing/machine.ts";
import { newKey } from "../signing/new-key.ts";
import { inADay, rotate } from "../signing/rotate.ts";
import { signingStatus } from "../signing/status.ts";
import { statusText } from "../signing/status-text.ts";
import { requireStack, stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm run signing -- new|rotate|status|delete --stack NAME [OPTIONS]

The keys that sign webhooks in place of the account's auth token (docs/signing.md). Twilio calls its
API for them a public beta.

  new      makes a key at Twilio, stores its secret in a new 1Password item, and adds the key to the
           stack's config; the secret is shown nowhere
  rotate   shows the one next step from the older keys to the newest, and takes it if it is an edit
           of the config; other steps are commands to run
  status   shows keys, Settings and Rules, and what signed the webhooks since the handler's start
  delete   deletes a key at Twilio that neither the config nor a Setting has

  --stack NAME         the stack: Pulumi.NAME.yaml
  --item REFERENCE     new: the reference of the secret, op://vault/item/field; the item is new
  --until TIME         rotate: the end of an older key on its way out, in UTC (default: in a day)
  --key ID             delete: the key's ID
  --write              new, rotate: make the key, write the config; without it they only show
  --yes                delete: delete it; without it the key is only shown
  --config-file FILE   use this file as the stack's config
  --json               status: print it as JSON
  --help               print this help

Exit status: 0, or 1 if something is wrong, or if rotate --write has nothing to write.

examples:
  npm run signing -- status --stack prod
  npm run signing -- new --stack prod --item op://Aurora/signing-2026-12/secret --write
  npm run signing -- rotate --stack prod
  npm run signing -- rotate --stack prod --write --until 2026-12-05T12:00:00Z
  npm run signing -- delete --stack prod --key webhooks_sharedkey_01k9x3f8m7q2r5t6v8w0y1z2a3 --yes
  npm run --silent signing -- status --stack prod --json`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  item: { type: "string" },
  until: { type: "string" },
  key: { type: "string" },
  write: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  "config-file": { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

const [verb = "--help", ...rest] = process.argv.slice(2);

await runTool(async () => {
  const isVerb = !verb.startsWith("-");
  const options = readOptions(OPTIONS, "npm run signing", isVerb ? rest : [verb, ...rest]);
  if (options.help) return print([USAGE]);
  if (!isVerb) throw new UserError("say what to do: new, rotate, status or delete; see npm run signing -- --help");
  const stack = requireStack(options.stack, `npm run signing -- ${verb} --stack prod`);
  const hub = await readHub(stack, options["config-file"] ?? stackFile(stack));
  if (verb === "new") return print(await newKey(hub, parseKeyItem(options.item), options.write));
  if (verb === "rotate") {
    const { lines, code } = await rotate(hub, options.until ?? inADay(new Date()), options.write);
    return print(lines, code);
  }
  if (verb === "status") return showStatus(hub, options.json);
  if (verb === "delete") return print(await deleteKey(hub, requireKey(options.key), options.yes));
  throw new UserError(`${verb}: expected new, rotate, status or delete; see npm run signing -- --help`);
});

async function showStatus(hub: Hub, json: boolean): Promise<number> {
  const found = await lookAtTwilio(hub);
  const asError = (error: Error) => error;
  const running = await progress.run("asking the running release", () => readRunning(hub.config).catch(asError));
  const counts = await progress.run("reading the handler's counts", () => readSignedCounts(hub.config).catch(asError));
  const status = signingStatus(found, { running, counts }, inADay(found.now));
  return print([json ? JSON.stringify(status, null, 2) : statusText(status)]);
}

function requireKey(key: string | undefined): string {
  if (key !== undefined) return key;
  throw new UserError("--key is missing: give the key's ID; npm run signing -- status shows the keys");
}

function print(lines: readonly string[], code = 0): number {
  process.stdout.write(`${lines.join("\n")}\n`);
  return code;
}
