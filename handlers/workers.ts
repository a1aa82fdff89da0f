/** The handler's work in the background. */

import { hostname } from "node:os";
import type { Pool } from "pg";
import type { Manifest } from "../hub/manifest.ts";
import { startKeyAlerts } from "./alerts/key-alerts.ts";
import type { RefusedKeys } from "./alerts/refused-keys.ts";
import { startStorageAlerts } from "./alerts/storage-alerts.ts";
import { startAlerts } from "./alerts/sweeper.ts";
import { startDispatcher } from "./dispatch/dispatcher.ts";
import { createDrain } from "./drain/drain.ts";
import { startRefusedRetry } from "./drain/refused.ts";
import { createApprovals } from "./outbound/gate/create-approvals.ts";
import { createPreSendGates, type PreSendGatesFactory } from "./outbound/gate/create-pre-send-gates.ts";
import { createTextGate, type TextGate } from "./outbound/gate/text-gate.ts";
import { createTwilioApproval } from "./outbound/gate/twilio-approval.ts";
import type { Jobs } from "./outbound/queue/job-queue.ts";
import { startOutbound } from "./outbound/queue/outbound-workers.ts";
import { createFolderStore } from "./recordings/folder-store.ts";
import { startRecorder } from "./recordings/recorder.ts";
import type { RecordingStore } from "./recordings/recording-store.ts";
import { createSupabaseStore } from "./recordings/supabase-store.ts";
import { startReadingWords } from "./registrations/read-words.ts";
import type { Spool } from "./spool/spool.ts";
import type { Credentials } from "./start/credentials.ts";
import type { Environment } from "./start/environment.ts";
import { apiAccount, gateFileKeys } from "./start/validity.ts";
import type { StorageHealth } from "./storage/health.ts";
import { startPurge } from "./storage/purge.ts";
import type { Store } from "./storage/store.ts";
import { startWorker, type Worker } from "./worker/worker.ts";

/** The most connections that the workers use. */
export const WORKER_CONNECTIONS = 6;

/** The settings of {@link startWorkers}. */
export interface WorkersSettings {
  readonly manifest: Manifest;
  readonly credentials: Credentials;
  readonly environment: Environment;
  /** The workers' own connections, so that no webhook waits for them. */
  readonly pool: Pool;
  readonly spool: Spool;
  readonly store: Store;
  readonly jobs: Jobs;
  /** Examines the database and the spool. */
  readonly health: () => Promise<StorageHealth>;
  /** The signing keys that requests named and that may not sign. */
  readonly refusedKeys: RefusedKeys;
  /** Makes the gates that a text passes after its sender's approvals. Default: {@link createPreSendGates}. */
  readonly preSendGates?: PreSendGatesFactory;
}

/** The interval at which the spool is read, and the pauses after a failure, in milliseconds. Callers notice the end of an outage when it does. */
const DRAIN_EVERY_MS = 500;
const DRAIN_BACKOFF = { fromMs: 250, toMs: 1_000 };

/** Starts every worker. */
export function startWorkers(settings: WorkersSettings): Worker[] {
  const { manifest, environment, pool, spool, store, health, refusedKeys } = settings;
  const { url, hookToken } = environment.openclaw;
  const discord = { webhookUrl: environment.discordOpsWebhook };
  const account = apiAccount(settings.credentials);
  const words = startReadingWords({ pool, manifest, account });
  return [
    startWorker({
      name: "drain",
      everyMs: DRAIN_EVERY_MS,
      run: createDrain({ pool, spool, store }).round,
      backoff: DRAIN_BACKOFF,
    }),
    startRefusedRetry({ pool, spool }),
    startDispatcher({ pool, gateway: { url, hookToken }, agents: manifest.openclaw.agents }),
    ...startOutbound({
      pool,
      jobs: settings.jobs,
      manifest,
      gate: gateOf(settings, words.firstRound),
      account,
    }),
    words,
    startRecorder({ pool, media: account, store: recordingStoreOf(environment.recordings) }),
    startAlerts({ pool, discord }),
    startKeyAlerts({ refusedKeys, spoolFile: environment.spoolFile, discord, machine: hostname() }),
    startStorageAlerts({ health, spoolFile: environment.spoolFile, discord, machine: hostname() }),
    startPurge({ pool }),
  ];
}

function gateOf(
  { manifest, credentials, pool, preSendGates = createPreSendGates }: WorkersSettings,
  firstRound: Promise<void>,
): TextGate {
  const { accountSid } = credentials;
  const twilio = createTwilioApproval({ manifest, pool, accountSid, firstRound });
  const keys = () => gateFileKeys(credentials, new Date());
  return createTextGate({
    manifest,
    approvals: createApprovals({ manifest, gateFileKeys: keys, twilio }),
    preSendGates: preSendGates({ pool, manifest }),
  });
}

function recordingStoreOf(recordings: Environment["recordings"]): RecordingStore {
  return "folder" in recordings ? createFolderStore(recordings.folder) : createSupabaseStore(recordings);
}
