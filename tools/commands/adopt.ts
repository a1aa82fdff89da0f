/** `npm run adopt`: reads values from the live accounts at Cloudflare and Twilio, and writes them into a stack's config. */
import { openVault } from "../../handlers/start/vault.ts";
import { parseConfig } from "../../hub/config/parse.ts";
import { canonicalHostname } from "../../hub/hosts/ingress.ts";
import { accountSidProblem, tokenProblem, type ValueProblem } from "../../hub/values/credential-form.ts";
import { CLOUDFLARE_URL } from "../../infra/vendors/cloudflare-api.ts";
import { twilioAgent } from "../../infra/vendors/twilio-agent.ts";
import { webhooksApi } from "../../infra/vendors/webhooks-api.ts";
import { type Adoptable, readAdoptable } from "../adopt/adoptable.ts";
import { compareLive, type Live } from "../adopt/compare-live.ts";
import type { Comparison, Finding } from "../adopt/finding.ts";
import { readLiveCloudflare } from "../adopt/live-cloudflare.ts";
import { signingLeft } from "../adopt/live-signing.ts";
import { readNumberSid } from "../adopt/twilio-numbers.ts";
import { progress } from "../cli/progress.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { editedStackConfig, readStackText, writeStackText } from "../stack/edit-stack-config.ts";
import { shownDiff } from "../stack/line-diff.ts";
import { readStackConfig, requireStack, stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm run adopt -- --stack NAME [OPTIONS]

Reads the live accounts at Cloudflare and Twilio and shows which values the stack's config lacks:
the tunnel with its rules and settings, the zone and the DNS record of the canonical host, and the
SIDs of the numbers. It finds the tunnel by its name. It changes nothing at Cloudflare or Twilio.

Exit status: 0 if the config has every value, or lacks only values that this command fills in; 1 if
something is left for you: a rule that belongs to nobody, a value that differs from the config, or
a webhook Rule of the account that changes how the hub's webhooks arrive.

  --stack NAME         fill in the config of this stack: Pulumi.NAME.yaml
  --write              write the missing values into the config
  --overwrite          also replace values that differ from the live ones
  --config-file FILE   use this file as the stack's config
  --json               print the result as JSON
  --help               print this help

examples:
  npm run adopt -- --stack prod
  npm run adopt -- --stack prod --write
  npm run --silent adopt -- --stack prod --json`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  write: { type: "boolean", default: false },
  overwrite: { type: "boolean", default: false },
  "config-file": { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const { help, stack, write, overwrite, json, "config-file": configFile } = readOptions(OPTIONS, "npm run adopt");
  if (help) return print(USAGE, 0);
  const name = requireStack(stack, "npm run adopt -- --stack prod");
  const file = configFile ?? stackFile(name);
  const { source, config } = await readAdoptable(file);
  const before = await readStackText(file);
  const live = await progress.run("reading the live accounts", () => readLive(config));
  const comparison = compareLive(config, live);
  const chosen = comparison.findings.filter(({ state }) => state === "missing" || (overwrite && state === "differs"));
  const edits = chosen.map(({ path, live }) => ({ path, value: live }));
  const after = edits.length === 0 ? before : editedStackConfig(before, source, edits);
  if (write && after !== before) await writeStackText(file, after);
  const left = [...differences(comparison, chosen), ...comparison.left, ...live.signing];
  const code = left.length === 0 ? 0 : 1;
  if (json)
    return print(
      JSON.stringify(
        { file: source, findings: comparison.findings, left, written: write && after !== before },
        null,
        2,
      ),
      code,
    );
  const diff = shownDiff(source, before, after);
  const lines = [
    ...(diff === "" ? [] : [diff, ""]),
    ...left.map((line) => `left for you: ${line}`),
    closingLine({ source, isNew: diff !== "", write }),
  ];
  return print([...lines, ...(write ? await remaining(file) : [])].join("\n"), code);
});

/**
 * Reads the live values, and what Twilio's Rules leave for a person. The credentials are read with one call of `op`, and stay in memory.
 */
async function readLive(config: Adoptable): Promise<Live & { readonly signing: readonly string[] }> {
  const { hosts, cloudflare, twilio, signing, numbers, endpoints } = config;
  const read = openVault(process.env);
  const secret = async (key: string, reference: string, problemOf: ValueProblem) => {
    const value = await read(reference).catch((cause: Error) => {
      throw new UserError(`${key}: ${cause.message.replace(/\s+/g, " ")}`, { cause });
    });
    const problem = problemOf(reference, value);
    if (problem !== undefined) throw new UserError(`${key}: ${problem}`);
    return value;
  };
  const [apiToken, accountSid, authToken, keySid, keySecret] = await Promise.all([
    secret("hub:cloudflare.apiToken", cloudflare.apiToken, tokenProblem),
    secret("hub:twilio.accountSid", twilio.accountSid, accountSidProblem),
    secret("hub:twilio.authToken", twilio.authToken, tokenProblem),
    signing?.apiKey && secret("hub:signing.apiKey.sid", signing.apiKey.sid, tokenProblem),
    signing?.apiKey && secret("hub:signing.apiKey.secret", signing.apiKey.secret, tokenProblem),
  ]);
  const access = { apiToken, baseUrl: endpoints?.cloudflare ?? CLOUDFLARE_URL };
  const { tunnelName } = cloudflare;
  const account = { accountSid, authToken, agent: await twilioAgent(endpoints) };
  const api = webhooksApi({ username: keySid ?? accountSid, password: keySecret ?? authToken, agent: account.agent });
  const [live, numberSids, signingLines] = await Promise.all([
    readLiveCloudflare(access, { hostname: canonicalHostname({ hosts }), tunnelName }),
    Promise.all(numbers.map(({ number }) => readNumberSid(account, number))),
    signingLeft(config, api),
  ]);
  return { cloudflare: live, numberSids, signing: signingLines };
}

function differences({ findings }: Comparison, chosen: readonly Finding[]): string[] {
  return findings
    .filter((finding) => finding.state === "differs" && !chosen.includes(finding))
    .map(
      ({ key, configured, live }) =>
        `${key} is ${shown(configured)} in the config and ${shown(live)} live; --overwrite takes the live value`,
    );
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function closingLine({ source, isNew, write }: { source: string; isNew: boolean; write: boolean }): string {
  if (!isNew) return `${source} has every value that adopt can fill in; nothing was written`;
  return write ? `${source} is written; see the change with: git diff` : "nothing was written; add --write";
}

/** The problems on which a preview would still stop. */
async function remaining(file: string): Promise<string[]> {
  const { source, hub } = await readStackConfig(file);
  try {
    parseConfig(hub, source);
    return [];
  } catch (error) {
    if (error instanceof Error && error.name === "ConfigError") return [`still to do: ${error.message}`];
    throw error;
  }
}

function print(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}
