/** What the bundle does beside serving, once: `node handler.mjs check`, `probe` and `alert TEXT`. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Manifest } from "../hub/manifest.ts";
import { type AlertOutcome, sendAlert } from "./alerts/discord.ts";
import { probe } from "./release/probe.ts";
import { releaseName, withReleaseEnvironment } from "./release/release.ts";
import { resolveCredentials } from "./start/credentials.ts";
import { resolveStartUp } from "./start/start-up.ts";
import { DiscordOpsWebhook } from "./start/variables.ts";
import { openVault } from "./start/vault.ts";

/** A command that is none, or lacks something. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The longest pause that Discord may ask for before the one further try, in milliseconds. */
const MAX_PAUSE_MS = 10_000;

/**
 * Runs a command. What the environment does not set is read from the release.
 *
 * @returns the line that says what was done
 * @throws UsageError for a command that is none
 * @throws Error where it failed, naming what is missing or what came
 */
export async function runCommand(manifest: Manifest, [command = "", ...args]: readonly string[]): Promise<string> {
  if (command === "check" && args.length === 0) return runCheck(manifest);
  if (command === "probe" && args.length === 0) return runProbe(manifest);
  if (command === "alert" && args.length === 1) return runAlert(args[0] ?? "");
  throw new UsageError("expected check, probe, or alert TEXT, or nothing to serve");
}

/** What a start needs is read and resolved as a start does it, and no port is opened. */
async function runCheck(manifest: Manifest): Promise<string> {
  await resolveStartUp(manifest, withReleaseEnvironment(process.env));
  return `release ${releaseName()} can start: its environment is whole, and every reference is read`;
}

/** Of the environment it needs nothing but the way into the vault. */
async function runProbe(manifest: Manifest): Promise<string> {
  const release = releaseName();
  const read = openVault(withReleaseEnvironment(process.env));
  const credentials = await resolveCredentials(manifest.secrets, new Date(), read);
  const url = await probe({ manifest, credentials, release });
  return `${url}: release ${release} answers`;
}

async function runAlert(text: string): Promise<string> {
  if (text.trim() === "") throw new UsageError("alert: expected a TEXT to send");
  const variables = withReleaseEnvironment(process.env);
  const { DISCORD_OPS_WEBHOOK: given = "" } = variables;
  const { data: readWebhook, error } = DiscordOpsWebhook.safeParse(given === "" ? undefined : given);
  if (readWebhook === undefined) throw new Error(`DISCORD_OPS_WEBHOOK: ${error?.issues[0]?.message}`);
  const webhookUrl = await readWebhook(openVault(variables));
  const outcome = await sendWithPatience(webhookUrl, text);
  if (outcome.kind === "sent") return "the alert is sent";
  throw new Error(
    `Discord did not take the alert: ${outcome.kind === "failed" ? outcome.reason : "too many requests"}`,
  );
}

async function sendWithPatience(webhookUrl: string, text: string): Promise<AlertOutcome> {
  const outcome = await sendAlert({ webhookUrl }, text);
  if (outcome.kind !== "limited" || outcome.afterMs > MAX_PAUSE_MS) return outcome;
  await sleep(outcome.afterMs);
  return sendAlert({ webhookUrl }, text);
}
