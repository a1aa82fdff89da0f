/** `npm run signing -- status`: the keys, Settings and Rules of a stack, and what signed the handler's webhooks. */
import type { Signing } from "../../hub/config/signing.ts";
import { accepts } from "../../hub/signing/accepted-signing.ts";
import { declarationOf } from "../../hub/signing/declaration.ts";
import { calledAt, isMarked, registeredManifestUrls, settingTitle } from "../../hub/signing/declared-rules.ts";
import { possibleRules } from "../../hub/signing/effective-rule.ts";
import { keyState } from "../../hub/signing/key-state.ts";
import { type LiveRule, type LiveSigning, signerOf } from "../../hub/signing/live-rules.ts";
import type { RunningSigning } from "../../hub/signing/refused-change.ts";
import { signingFindings } from "../../hub/signing/signing-findings.ts";
import { liveSetting } from "../../hub/signing/signing-steps.ts";
import { deletion } from "./delete-key.ts";
import { type LookAtTwilio, undeclaredKeys } from "./look.ts";
import type { SignedCount } from "./machine.ts";
import { AUTH_TOKEN, type QueryAnswer, queryAnswer } from "./query-answer.ts";
import { nextStep, type RotationStep } from "./rotation.ts";

/** The findings of a look at the machine: the accepted signatures and the counts, or why they are not known. */
export interface LookAtMachine {
  readonly running: RunningSigning | Error;
  /** undefined if no handler answers. */
  readonly counts: readonly SignedCount[] | undefined | Error;
}

/** A signer: a key, or the auth token. */
export interface SignerStatus {
  readonly signer: string;
  /** `accept` or `refuse` for the auth token; the state of a key of the config; `missing` if the config does not have it. */
  readonly config: string;
  readonly atTwilio: "yes" | "no" | "";
  readonly running: "accepts" | "refuses" | "not known";
  /** The webhooks that it signed since the handler's start, without and with a query. */
  readonly signed: { readonly plain: number; readonly withQuery: number } | "not known";
}

/** A Setting of the config. */
export interface SettingStatus {
  readonly name: string;
  readonly key: string;
  readonly id: string | "not made";
}

/** The signers of the webhooks to a URL. */
export interface UrlStatus {
  readonly url: string;
  /** Each way that Twilio may take, with the percentages of its Settings. */
  readonly signedBy: readonly string[];
  readonly rule: string;
}

/** Everything that status shows. */
export interface SigningStatus {
  readonly stack: string;
  readonly signers: readonly SignerStatus[];
  readonly settings: readonly SettingStatus[];
  readonly urls: readonly UrlStatus[];
  readonly queries: QueryAnswer & { readonly config: Signing["queries"] };
  readonly findings: readonly string[];
  /** The hub's keys at Twilio that the config does not have, each with the command that deletes it. */
  readonly undeclared: readonly { readonly id: string; readonly name: string; readonly command: string }[];
  /** The next step of a rotation, or why it is not known. */
  readonly next: Pick<RotationStep, "what"> & { readonly commands: readonly string[] };
  /** Why something is not known. */
  readonly notKnown: readonly string[];
}

/** Puts together what was found. `until` is the end that an older key would get. */
export function signingStatus(found: LookAtTwilio, machine: LookAtMachine, until: string): SigningStatus {
  const { hub, signing, live, now } = found;
  const { running, counts } = machine;
  const findings = signingFindings({ manifest: hub.manifest, signing, live, now });
  const declaration = declarationOf(hub.manifest, signing);
  return {
    stack: hub.stack,
    signers: signersOf(found, machine),
    settings: signing.settings.map(({ name, key }) => ({
      name,
      key,
      id: liveSetting(name, declaration, live.settings)?.id ?? "not made",
    })),
    urls: urlsOf(found),
    queries: {
      config: signing.queries,
      ...queryAnswer(hub.manifest, live, counts instanceof Error ? undefined : counts),
    },
    findings: findings.map(({ line }) => line),
    undeclared: undeclaredKeys(found).map(({ id, friendlyName }) => ({
      id,
      name: friendlyName ?? "",
      command: deletion(hub.stack, id),
    })),
    next:
      running instanceof Error
        ? { what: "not known", commands: [] }
        : nextOf(nextStep({ ...found, running }, until), hub.stack),
    notKnown: [running, counts].flatMap((value) => (value instanceof Error ? [value.message] : [])),
  };
}

function nextOf(step: RotationStep, stack: string): SigningStatus["next"] {
  if (step.kind === "edit")
    return { what: step.what, commands: [`npm run signing -- rotate --stack ${stack} --write`] };
  return { what: step.what, commands: "commands" in step ? step.commands : [] };
}

function signersOf({ signing, sharedKeys, now }: LookAtTwilio, { running, counts }: LookAtMachine): SignerStatus[] {
  const accepted = (signer: Parameters<typeof accepts>[1]) => {
    if (running instanceof Error) return "not known";
    return running !== "nothing" && accepts(running, signer, now) ? "accepts" : "refuses";
  };
  const signed = (by: string) => {
    if (counts === undefined || counts instanceof Error) return "not known";
    const count = (hasQuery: boolean) => counts.find((one) => one.by === by && one.hasQuery === hasQuery)?.count ?? 0;
    return { plain: count(false), withQuery: count(true) };
  };
  const keys = signing.keys.map(
    (key): SignerStatus => ({
      signer: key.id,
      config: key.until === undefined ? keyState(key, now) : `${keyState(key, now)}, until ${key.until}`,
      atTwilio: sharedKeys.some(({ id }) => id === key.id) ? "yes" : "no",
      running: accepted({ key: key.id, algorithm: key.algorithm }),
      signed: signed(key.id),
    }),
  );
  const others =
    running instanceof Error || running === "nothing"
      ? []
      : running.keys.filter(({ id }) => !signing.keys.some((key) => key.id === id));
  const left = others.map(
    (key): SignerStatus => ({
      ...{
        signer: key.id,
        config: "missing",
        running: accepted({ key: key.id, algorithm: key.algorithm }),
        signed: signed(key.id),
      },
      atTwilio: sharedKeys.some(({ id }) => id === key.id) ? "yes" : "no",
    }),
  );
  const token: SignerStatus = {
    ...{ signer: AUTH_TOKEN, config: signing.authToken, atTwilio: "" },
    ...{ running: accepted("auth token"), signed: signed(AUTH_TOKEN) },
  };
  return [...keys, ...left, token];
}

/** A row for each registered URL, and one for its later turns if another Rule may apply to them. */
function urlsOf({ hub: { manifest }, signing, live, unapplied }: LookAtTwilio): UrlStatus[] {
  return registeredManifestUrls(manifest).flatMap((entry) => {
    const rows = calledAt(entry).map((url) => {
      const rules = possibleRules(url, live.rules, signing.queries);
      return {
        url,
        signedBy: rules.map((rule) => sharesText(rule, live)),
        rule: [...new Set(rules.map((rule) => ruleText(rule, unapplied)))].join(" or "),
      };
    });
    return rows.filter((row, index) => index === 0 || row.signedBy.join() !== rows[0]?.signedBy.join());
  });
}

function sharesText(rule: LiveRule | undefined, live: LiveSigning): string {
  if (rule === undefined) return AUTH_TOKEN;
  return rule.settings
    .map(({ settingId, percentage }) => {
      const setting = live.settings.find(({ id }) => id === settingId);
      const signer = signerOf(setting ?? {});
      const name =
        setting !== undefined && isMarked(setting)
          ? setting.friendlyName?.slice(settingTitle("").length)
          : typeof signer === "string"
            ? signer
            : settingId;
      return `${name} ${percentage} %`;
    })
    .join(", ");
}

function ruleText(rule: LiveRule | undefined, unapplied: ReadonlySet<string>): string {
  if (rule === undefined) return "none";
  const whose = isMarked(rule) ? "the hub's" : "another's";
  return unapplied.has(rule.id) ? `${whose}, not applied` : whose;
}
