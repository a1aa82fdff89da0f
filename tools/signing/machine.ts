/** The handler's machine: what the running release accepts, and what it has counted. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { HubConfig } from "../../hub/config/config.ts";
import { transportVariables } from "../../hub/config/transport.ts";
import type { RunningSigning } from "../../hub/signing/refused-change.ts";
import { runningSigning } from "../../infra/signing/running-signing.ts";
import { personPath } from "../cli/person-path.ts";
import { UserError } from "../cli/run-tool.ts";
import { LOOK_AT_METRICS, NOTHING_ANSWERS } from "./look-at-metrics.ts";

/** The time for a look, in milliseconds. Over SSH it reads a key with `op` first. */
const TIMEOUT_MS = 120_000;

type MachineConfig = Pick<HubConfig, "handler" | "transport">;

/**
 * Asks the running release which signatures it accepts.
 *
 * @throws UserError if the machine cannot be reached
 */
export function readRunning(config: MachineConfig): Promise<RunningSigning> {
  return runningSigning(environmentOf(config));
}

/** The webhooks that were signed by one signer, at URLs with or without a query. */
export interface SignedCount {
  /** `auth-token`, or the ID of a key. */
  readonly by: string;
  readonly hasQuery: boolean;
  readonly count: number;
}

/**
 * Reads how many webhooks each signer has signed since the handler's start. Of several processes, one answers.
 *
 * @returns undefined if no handler answers
 * @throws UserError if the machine cannot be reached
 */
export async function readSignedCounts(config: MachineConfig): Promise<SignedCount[] | undefined> {
  const looking = promisify(execFile)("/bin/sh", ["-c", LOOK_AT_METRICS], {
    env: environmentOf(config),
    timeout: TIMEOUT_MS,
  });
  const { stdout } = await looking.catch((cause: Error & { readonly stderr?: string }) => {
    const said = cause.stderr?.trim().split("\n").at(-1) || cause.message;
    throw new UserError(`the handler's metrics cannot be read: ${said}`, { cause });
  });
  return stdout.trim() === NOTHING_ANSWERS ? undefined : signedCounts(stdout);
}

/** Reads the counts in metrics of Prometheus' format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export function signedCounts(metrics: string): SignedCount[] {
  const lines = metrics.matchAll(/^hub_webhook_signed_total\{by="([^"]*)",query="(yes|no)"\} (\S+)$/gm);
  return [...lines].map(([, by = "", query, count]) => ({ by, hasQuery: query === "yes", count: Number(count) }));
}

function environmentOf({ handler, transport }: MachineConfig): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...personPath(),
    ...transportVariables(transport),
    HUB_PROCESS: handler.process,
    HUB_RELEASES: handler.releases,
    HUB_ADMIN_PORT: String(handler.adminPort),
  };
}
