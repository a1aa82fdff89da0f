/** The verdict of a library of Twilio's on the handler, in two directions. */
import { type TestRequest, TOKEN } from "../../../handlers/testing/manifest.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { candidateFinder, manifestUrls } from "../../../hub/urls/urls.ts";
import { type Alteration, type Attempt, genuine, requestOf } from "./attempt.ts";
import { BODY_ALTERATIONS } from "./body-alterations.ts";
import type { Key, Library } from "./library.ts";
import type { RandomWebhook } from "./random-webhooks.ts";
import { SIGNATURE_ALTERATIONS } from "./signature-alterations.ts";
import { URL_ALTERATIONS } from "./url-alterations.ts";

/** The handler under judgement. It answers each request, in their order. */
export interface Handler {
  readonly manifest: Manifest;
  answer(requests: readonly TestRequest[]): Promise<readonly Answered[]>;
}

/** An answer of the handler. */
export interface Answered {
  readonly status: number | undefined;
  readonly body: string;
}

/** A verdict of a library: cases tried, those that only the library accepts (on purpose or wrong), and the handler's faults. */
export interface Judgement {
  readonly tried: number;
  readonly differing: readonly string[];
  readonly faults: readonly string[];
}

/** Every alteration that the handler and a library are asked about. */
export const ALTERATIONS: readonly Alteration[] = [...SIGNATURE_ALTERATIONS, ...URL_ALTERATIONS, ...BODY_ALTERATIONS];

/**
 * Sends webhooks that the library signs to every path of the manifest. Under the paths of its own URL a webhook must be answered as its route's,
 * under every other path it must be refused.
 *
 * @param key the key that signs. Default: the handler's token
 */
export async function judgeSigned(
  library: Library,
  { manifest, answer }: Handler,
  webhooks: readonly RandomWebhook[],
  key: Key = { token: TOKEN },
): Promise<Judgement> {
  const signatures = await library.sign(webhooks, key);
  const paths = [...new Set(manifestUrls(manifest).flatMap(({ deliveredAs }) => deliveredAs))];
  const sent = webhooks.flatMap((webhook, index) =>
    paths.map((path) => {
      const attempt = { ...genuine(webhook), target: `${path}${webhook.query}` };
      return { webhook, path, request: named(requestOf(attempt, signatures[index] ?? ""), key) };
    }),
  );
  const answers = await answer(sent.map(({ request }) => request));
  const faults = sent.flatMap(({ webhook, path }, index) => {
    const answered = answers[index];
    const isOwn = webhook.to.deliveredAs.includes(path);
    const isRight = isOwn ? isAnswerOf(webhook, answered) : answered?.status === 403;
    return isRight
      ? []
      : [`${webhook.url} at ${path}: ${answered?.status} (${JSON.stringify(webhook.pairs).slice(0, 500)})`];
  });
  return { tried: sent.length, differing: [], faults };
}

/** The request with the header that names a SharedKey (https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys). */
function named(request: TestRequest, { id, algorithm }: Key): TestRequest {
  if (id === undefined) return request;
  const settings = { "x-twilio-webhooks-signature-settings": `key=${id},algorithm=${algorithm}` };
  return { ...request, headers: { ...request.headers, ...settings } };
}

function isAnswerOf({ to }: RandomWebhook, answered: Answered | undefined): boolean {
  const { event } = to.route;
  if (event === "inbound-call") return answered?.status === 200 && answered.body.includes("</Response>");
  return answered?.status === (event === "inbound-text" ? 200 : 204);
}

/**
 * Alters webhooks, each in one way, and asks both the handler and the library whether they come from Twilio. The library takes the place of the
 * handler: it tries the same URLs of the manifest, and those that an application makes of `Host` and the request target.
 */
export async function judgeAltered(
  library: Library,
  { manifest, answer }: Handler,
  webhooks: readonly RandomWebhook[],
  alterations: readonly Alteration[] = ALTERATIONS,
): Promise<Judgement> {
  const attempts = alter(webhooks, alterations);
  const signatures = await signaturesOf(library, attempts);
  const answers = await answer(attempts.map(({ attempt }, index) => requestOf(attempt, signatures[index] ?? "")));
  const theirs = await areAccepted(library, manifest, attempts, signatures);
  const outcomes = attempts.map(({ name, attempt }, index) => {
    const status = answers[index]?.status;
    return { name, attempt, isOurs: status === 200 || status === 204, isTheirs: theirs[index] === true };
  });
  return {
    tried: attempts.length,
    differing: outcomes.filter(({ isOurs, isTheirs }) => isTheirs && !isOurs).map(({ name }) => name),
    faults: outcomes
      .filter(({ isOurs, isTheirs }) => isOurs && !isTheirs)
      .map(({ name, attempt }) => `${name}: ${attempt.target} (${attempt.body.slice(0, 500)})`),
  };
}

interface Named {
  readonly name: string;
  readonly attempt: Attempt;
}

/** Makes as many attempts as there are webhooks. The alterations take turns, each with a webhook that it applies to. */
function alter(webhooks: readonly RandomWebhook[], alterations: readonly Alteration[]): Named[] {
  const able = alterations.map((alteration) => ({
    alteration,
    of: webhooks.filter((webhook) => alteration.appliesTo(webhook)),
  }));
  return webhooks.flatMap((_, index) => {
    const { alteration, of = [] } = able[index % able.length] ?? {};
    const webhook = of[Math.floor(index / able.length) % of.length];
    if (alteration === undefined || webhook === undefined) return [];
    return [{ name: alteration.name, attempt: { ...genuine(webhook), ...alteration.alter(webhook) } }];
  });
}

/** The signatures of the attempts. Each token is one batch. */
async function signaturesOf(library: Library, attempts: readonly Named[]): Promise<string[]> {
  const tokens = [...new Set(attempts.map(({ attempt }) => attempt.token))];
  const byAttempt = new Map<Attempt, string>();
  for (const token of tokens) {
    const batch = attempts.map(({ attempt }) => attempt).filter((attempt) => attempt.token === token);
    const signatures = await library.sign(
      batch.map(({ signs }) => signs),
      { token },
    );
    for (const [index, attempt] of batch.entries()) byAttempt.set(attempt, attempt.respell(signatures[index] ?? ""));
  }
  return attempts.map(({ attempt }) => byAttempt.get(attempt) ?? "");
}

async function areAccepted(
  library: Library,
  manifest: Manifest,
  attempts: readonly Named[],
  signatures: readonly string[],
): Promise<boolean[]> {
  const candidatesFor = candidateFinder(manifest);
  const { canonical, funnel } = manifest.hosts;
  const asked = attempts.flatMap(({ attempt: { target, body, format } }, index) => {
    const candidates = candidatesFor(target).map(({ signedUrl }) => signedUrl);
    const urls = new Set([...candidates, `${canonical.url}${target}`, `${funnel.url}${target}`]);
    return [...urls].map((url) => ({ index, url, body, format, signature: signatures[index] ?? "" }));
  });
  const accepted = await library.accepts(asked, { token: TOKEN });
  const accepting = new Set(asked.filter((_, at) => accepted[at] === true).map(({ index }) => index));
  return attempts.map((_, index) => accepting.has(index));
}
