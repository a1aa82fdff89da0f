/** The site of the 10DLC tests: handlers, as bundles or in this process, on a loopback cloud and a real Postgres. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Pool } from "pg";
import { expect } from "vitest";
import { createOutboundClient, type OutboundClient } from "../../../handlers/outbound/client/client.ts";
import type { PreSendGatesFactory } from "../../../handlers/outbound/gate/create-pre-send-gates.ts";
import { APPROVED_RECORD, VERIFIED_RECORD } from "../../../handlers/outbound/gate/test-approvals.ts";
import type { Credentials } from "../../../handlers/start/credentials.ts";
import { type RunningHub, startHub } from "../../../handlers/start-hub.ts";
import { connectDatabase } from "../../../handlers/storage/database.ts";
import { eventually } from "../../../handlers/testing/eventually.ts";
import { CREDENTIALS, TOKEN, testManifest } from "../../../handlers/testing/manifest.ts";
import { gateFileContent, gateFileText } from "../../../hub/gate/gate-file.ts";
import { gatesOn, type SenderGates } from "../../../hub/gate/gates-on.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { bundleHandler } from "../../../infra/release/bundle.ts";
import { PASSING_GATES } from "../../../loopback/pre-send-gates.ts";
import { HELPER_REFERENCES } from "../../../loopback/seed-helpers.ts";
import { registerSenders, type SenderRegistrations } from "../../../loopback/twilio/registrations/register-senders.ts";
import { type RunningHandler, startHandler } from "../../../tools/loopback/running-handler.ts";
import { vaultValue } from "../../../tools/loopback/secrets.ts";
import { type HandlerSite, makeHandlerSite } from "../handler/handler-process.ts";
import { hubEnvironment } from "../handler/hub-environment.ts";
import { clearTexts, divertFetch } from "./texts-that-left.ts";

export { NO_TEXT, ONE_TEXT, textsIn, textsThatLeft } from "./texts-that-left.ts";

/** The record in the loopback stack's config: A2P 10DLC is denied. */
export const DENIED_RECORD = { status: "denied", plan: APPROVED_RECORD.plan, deniedOn: APPROVED_RECORD.deniedOn };

type TendlcConfig = Readonly<Record<string, unknown>>;

/** Options of a hub. The defaults let texts through: a complete approval, passing gates, and the account's only token. */
export interface HubOptions {
  readonly tendlc?: TendlcConfig;
  /** The record of the toll-free number. Default: none. */
  readonly tollfree?: TendlcConfig;
  readonly preSendGates?: PreSendGatesFactory;
  readonly credentials?: Credentials;
}

/** A site on which tests start handlers. Its own manifest is unapproved. At Twilio, each of its numbers is registered. */
export interface TendlcSite extends Omit<HandlerSite, "start"> {
  readonly pool: Pool;
  readonly token: string;
  /** The registrations of the site's numbers. A test that changes them restores them. */
  readonly registrations: SenderRegistrations;
  /** A client of the outbound endpoint. */
  readonly client: OutboundClient;
  /** The site's manifest, with the gates of a `hub:tendlc` record and of a `hub:tollfree` record, if there is one. */
  manifestOf(tendlc: TendlcConfig, tollfree?: TendlcConfig): Manifest;
  /** Starts the handler in this process. Its requests to Twilio go to the loopback cloud. */
  startHub(options?: HubOptions): Promise<RunningHub>;
  /** Starts the bundle in its own process, as in production. */
  startBundle(tendlc: TendlcConfig, environment?: Readonly<Record<string, string>>): Promise<RunningHandler>;
  /** Writes the gate file as `up` does. Default: complete approvals of both numbers, signed with the account's token. */
  writeGateFile(gates?: SenderGates, token?: string): Promise<void>;
  /** Waits until a request is settled, and returns its state and the reason for it. */
  outcome(id: string): Promise<{ readonly state: string; readonly reason: string | null }>;
  /** Removes all requests, opens every sender again, and resets the count of texts that left. */
  clear(): Promise<void>;
}

/** Makes a site. It has no gate file yet. */
export async function makeTendlcSite(): Promise<TendlcSite> {
  const site = await makeHandlerSite({ config: { outbound: { intervalMs: 1 } } });
  const { cloud } = site;
  const registrations = registerSenders(
    cloud.twilio.state,
    APPROVED_RECORD.campaignSid,
    VERIFIED_RECORD.verificationSid,
  );
  const databaseUrl = site.environment.DATABASE_URL ?? "";
  const pool = connectDatabase(databaseUrl, 4);
  const token = await vaultValue(cloud, HELPER_REFERENCES.outboundToken);
  const { adminPort, gateFile } = site.manifest.handler;
  const undivert = divertFetch(cloud);
  const running: { close(): Promise<void> }[] = [];
  const manifestOf = (tendlc: TendlcConfig, tollfree?: TendlcConfig) => {
    const { gates } = testManifest({ tendlc, ...(tollfree && { tollfree }) });
    return { ...site.manifest, gates };
  };
  const approved = () => manifestOf(APPROVED_RECORD, VERIFIED_RECORD);
  const keep = <Handler extends { close(): Promise<void> }>(handler: Handler): Handler => {
    running.push(handler);
    return handler;
  };
  return {
    ...site,
    pool,
    token,
    registrations,
    client: createOutboundClient({ url: `http://127.0.0.1:${adminPort}`, token }),
    manifestOf,
    startHub: async ({
      tendlc = APPROVED_RECORD,
      tollfree,
      preSendGates = passing,
      credentials = CREDENTIALS,
    } = {}) => {
      const environment = await hubEnvironment(site.environment, cloud);
      return keep(await startHub({ manifest: manifestOf(tendlc, tollfree), credentials, environment, preSendGates }));
    },
    startBundle: async (tendlc, environment = {}) => {
      const folder = await mkdtemp(join(dirname(gateFile), "bundle-"));
      await writeFile(join(folder, "handler.mjs"), (await bundleHandler(manifestOf(tendlc)))["handler.mjs"]);
      return keep(await startHandler(folder, { ...site.environment, ...environment }));
    },
    writeGateFile: async (gates = gatesOn(approved().gates, new Date()), signedWith = TOKEN) => {
      await rm(gateFile, { recursive: true, force: true });
      await writeFile(gateFile, gateFileText(gateFileContent(gates), signedWith));
    },
    outcome: (id) => outcomeOf(pool, id),
    clear: async () => {
      await pool.query(
        "delete from public.twilio_outbound; delete from public.twilio_outbound_pace; delete from public.hub_sender_closures",
      );
      await pool.query(
        "do $$ begin if to_regclass('hub_queue.job') is not null then delete from hub_queue.job; end if; end $$",
      );
      clearTexts(cloud);
    },
    close: async () => {
      for (const handler of running) await handler.close();
      undivert();
      await pool.end();
      await site.close();
    },
  };
}

const passing: PreSendGatesFactory = () => PASSING_GATES;

async function outcomeOf(pool: Pool, id: string) {
  const outcome = { state: "", reason: "" };
  await eventually(async () => {
    const { rows } = await pool.query("select state, reason from public.twilio_outbound where id = $1", [id]);
    Object.assign(outcome, rows[0]);
    expect(["sent", "blocked", "failed"]).toContain(outcome.state);
  });
  return outcome;
}
