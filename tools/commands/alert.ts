/** `npm run alert`: posts a text to the Discord channel #ops. */
import { setTimeout as sleep } from "node:timers/promises";
import { type AlertOutcome, sendAlert } from "../../handlers/alerts/discord.ts";
import { DiscordOpsWebhook } from "../../handlers/start/variables.ts";
import { progress } from "../cli/progress.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";

const USAGE = `usage: npm run alert -- --text TEXT

Posts one alert to the Discord channel #ops. It mentions nobody. A text of more than 2,000
characters is cut. Exit status: 0 if Discord took the alert, 1 otherwise.

  --text TEXT   the text, without secrets and without whole phone numbers
  --help        print this help

environment:
  DISCORD_OPS_WEBHOOK   the webhook's URL, or its 1Password reference (required)

example:
  export DISCORD_OPS_WEBHOOK=op://Aurora/discord/ops-webhook
  npm run alert -- --text "The drift check of prod found something."`;

const OPTIONS = { text: { type: "string" }, help: { type: "boolean", short: "h", default: false } } as const;

/** If Discord answers 429, it says how long to wait. After this many attempts the alert is given up. */
const MAX_ATTEMPTS = 3;

await runTool(async () => {
  const { text, help } = readOptions(OPTIONS, "npm run alert");
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (text === undefined || text.trim() === "")
    throw new UserError('--text is missing: give the text, for example --text "The drift check found something."');
  const url = await webhookUrl(process.env.DISCORD_OPS_WEBHOOK);
  const outcome = await progress.run("sending the alert to Discord", () => send(url, text));
  if (outcome.kind === "sent") return 0;
  const reason = outcome.kind === "limited" ? "it limits the rate of requests" : outcome.reason;
  throw new UserError(`Discord did not take the alert: ${reason}; check DISCORD_OPS_WEBHOOK and send it again`);
});

/** The schema's messages show no value. */
async function webhookUrl(value: string | undefined): Promise<string> {
  const parsed = DiscordOpsWebhook.safeParse(value === "" ? undefined : value);
  if (!parsed.success) {
    throw new UserError(`DISCORD_OPS_WEBHOOK: ${parsed.error.issues.map(({ message }) => message).join("; ")}`);
  }
  return parsed.data().catch((cause: unknown) => {
    throw new UserError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
}

async function send(url: string, text: string): Promise<AlertOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await sendAlert({ webhookUrl: url }, text);
    if (outcome.kind !== "limited" || attempt === MAX_ATTEMPTS) return outcome;
    await sleep(outcome.afterMs);
  }
}
