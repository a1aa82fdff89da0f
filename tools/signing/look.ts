/** Where a stack's keys stand: in its config, at Twilio, and in the running release. */
import type { Signing } from "../../hub/config/signing.ts";
import { isMarked } from "../../hub/signing/declared-rules.ts";
import type { LiveSharedKey, LiveSigning } from "../../hub/signing/live-rules.ts";
import type { RunningSigning } from "../../hub/signing/refused-change.ts";
import { readSigning } from "../../infra/signing/read-signing.ts";
import { awaitEarlierChanges } from "../../infra/signing/take-steps.ts";
import type { WebhooksApi } from "../../infra/vendors/webhooks-api.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/run-tool.ts";
import { type Hub, openAccount } from "./hub.ts";
import { readRunning } from "./machine.ts";

/** The state of config, Twilio and running release. */
export interface Look {
  readonly hub: Hub;
  /** The config's `hub:signing`. */
  readonly signing: Signing;
  readonly live: LiveSigning;
  /** The Rules whose last change Twilio has not applied. A list shows them as if it had. */
  readonly unapplied: ReadonlySet<string>;
  readonly sharedKeys: readonly LiveSharedKey[];
  readonly running: RunningSigning;
  readonly now: Date;
}

/** The same without the running release. */
export type LookAtTwilio = Omit<Look, "running">;

/**
 * Looks at Twilio, and waits for changes that are under way there.
 *
 * @throws UserError if the config has no `hub:signing`, or if Twilio cannot be read
 */
export async function lookAtTwilio(hub: Hub): Promise<LookAtTwilio> {
  const signing = requireSigning(hub);
  const api = await progress.run("reading the credentials", () => openAccount(hub));
  const unapplied = await progress.run("waiting for changes at Twilio", (report) =>
    awaitEarlierChanges({ api, say: report }),
  );
  const found = await progress.run("reading the Rules and keys at Twilio", () => readTwilio(api));
  return { hub, signing, ...found, unapplied, now: new Date() };
}

/**
 * Looks at Twilio and at the running release.
 *
 * @throws UserError as {@link lookAtTwilio} does, or if the machine cannot be read
 */
export async function look(hub: Hub): Promise<Look> {
  const found = await lookAtTwilio(hub);
  return { ...found, running: await progress.run("asking the running release", () => readRunning(hub.config)) };
}

/**
 * The config's `hub:signing`.
 *
 * @throws UserError if it has none
 */
export function requireSigning({ config, source, stack }: Hub): Signing {
  if (config.signing !== undefined) return config.signing;
  throw new UserError(
    `${source} has no hub:signing; make the first key: npm run signing -- new --stack ${stack} --item op://vault/item/field`,
  );
}

/** Reads the Rules, the Settings and the keys of the account. */
export async function readTwilio(api: WebhooksApi): Promise<Pick<Look, "live" | "sharedKeys">> {
  const [live, sharedKeys] = await Promise.all([readSigning(api), api.sharedKeys()]);
  return { live, sharedKeys };
}

/** The hub's keys at Twilio that the config does not have: one that a broken-off run left, or one that is no longer used. */
export function undeclaredKeys({ signing, sharedKeys }: Pick<Look, "signing" | "sharedKeys">): LiveSharedKey[] {
  return sharedKeys.filter((key) => isMarked(key) && !signing.keys.some(({ id }) => id === key.id));
}
