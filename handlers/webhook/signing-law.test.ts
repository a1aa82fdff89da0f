/**
 * The law of the signatures: for every URL of a manifest and every secret, a webhook is accepted exactly if the secret is declared, valid at that moment, and
 * used as it is declared: a token without the header, and a key with its own ID and algorithm. The law of the URLs is `hub/law.test.ts`.
 */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SharedKeyId } from "../../hub/config/signing.ts";
import { deliver } from "../../hub/hosts/deliver.ts";
import { arbitraryManifest } from "../../hub/testing/arbitrary-manifest.ts";
import { candidateFinder, manifestUrls } from "../../hub/urls/urls.ts";
import { sized } from "../../test/support/test-form.ts";
import type { AuthToken, SigningSecret } from "../start/credentials.ts";
import { deliveredOf } from "../testing/hosts.ts";
import { CREDENTIALS, formWebhook, PARAMETERS, sign } from "../testing/manifest.ts";
import type { SignatureAlgorithm } from "../twilio/signature.ts";
import { SIGNATURE_SETTINGS_HEADER } from "../twilio/signature-settings.ts";
import { checkWebhook } from "./check-webhook.ts";

const MANIFESTS = sized(150, 2_000);
const NOW = Date.parse("2026-06-01T12:00:00Z");
const DAY_MS = 86_400_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

/** A moment as the config writes it, some days from now. The tests' now is one of them. */
const moment = (days: number) => new Date(NOW + days * DAY_MS).toISOString().replace(".000", "");
const days = fc.integer({ min: -2, max: 2 });
const idOf = (digit: number) => SharedKeyId.parse(`webhooks_sharedkey_${String(digit).padStart(26, "0")}`);

const keys: fc.Arbitrary<SigningSecret[]> = fc
  .uniqueArray(fc.record({ digit: fc.integer({ min: 0, max: 3 }), from: days, until: fc.option(days) }), {
    maxLength: 3,
    selector: ({ digit }) => digit,
  })
  .map((given) =>
    given.map(({ digit, from, until }) => ({
      id: idOf(digit),
      algorithm: "HMAC_SHA256" as const,
      secret: `secret-${digit}`,
      from: moment(from),
      ...(until !== null && { until: moment(until) }),
    })),
  );

const tokens: fc.Arbitrary<AuthToken[]> = fc
  .tuple(fc.boolean(), fc.option(days))
  .map(([accepted, until]) => [
    ...(accepted ? [{ token: "token" }] : []),
    ...(until === null ? [] : [{ token: "previous", validUntil: new Date(NOW + until * DAY_MS) }]),
  ]);

/** A way to sign: some secret, with some algorithm, under a header that names some key and algorithm, or without one. */
interface Attempt {
  readonly secret: string;
  readonly algorithm: SignatureAlgorithm;
  readonly named: { readonly id: SharedKeyId; readonly algorithm: string } | undefined;
}

const SECRETS = ["token", "previous", "another", "secret-0", "secret-1", "secret-2", "secret-3"];
const ALGORITHMS: readonly SignatureAlgorithm[] = ["HMAC_SHA1", "HMAC_SHA256"];
const ATTEMPTS: readonly Attempt[] = SECRETS.flatMap((secret) =>
  ALGORITHMS.flatMap((algorithm) => [
    { secret, algorithm, named: undefined },
    ...[0, 1, 2, 3].flatMap((digit) =>
      ALGORITHMS.map((named) => ({ secret, algorithm, named: { id: idOf(digit), algorithm: named } })),
    ),
  ]),
);

/** The law, written independently of the handler. */
function isDeclared(
  { secret, algorithm, named }: Attempt,
  given: { readonly authTokens: readonly AuthToken[]; readonly signingKeys: readonly SigningSecret[] },
): boolean {
  if (named === undefined) {
    const isValid = ({ validUntil = new Date(NOW + 1) }: AuthToken) => validUntil.getTime() > NOW;
    return algorithm === "HMAC_SHA1" && given.authTokens.some((token) => token.token === secret && isValid(token));
  }
  return given.signingKeys.some(
    ({ id, secret: own, from, until }) =>
      id === named.id &&
      own === secret &&
      named.algorithm === "HMAC_SHA256" &&
      algorithm === "HMAC_SHA256" &&
      new Date(from).getTime() <= NOW &&
      (until === undefined || NOW < new Date(until).getTime()),
  );
}

test("a webhook is accepted exactly if its secret is declared, valid now, and used as declared", async () => {
  const outcomes = new Set<boolean>();
  await fc.assert(
    fc.asyncProperty(arbitraryManifest, keys, tokens, fc.nat(), async (manifest, signingKeys, authTokens, start) => {
      const credentials = { ...CREDENTIALS, authTokens, signingKeys };
      const trust = { candidatesFor: candidateFinder(manifest), credentials };
      const targets = manifestUrls(manifest).flatMap(({ url, route }) =>
        deliver(manifest, url).map((target) => ({ url, route, target })),
      );
      for (const [index, attempt] of ATTEMPTS.entries()) {
        // Each manifest tries every way to sign, over its URLs in turn.
        const at = targets[(start + index) % targets.length];
        if (at === undefined) continue;
        const parameters = PARAMETERS[at.route.event];
        const { headers, ...request } = formWebhook(at.url, parameters, at.target);
        const { id, algorithm } = attempt.named ?? {};
        const signed = {
          ...request,
          headers: {
            ...headers,
            "x-twilio-signature": sign(at.url, parameters, attempt.secret, attempt.algorithm),
            ...(id && { [SIGNATURE_SETTINGS_HEADER]: `key=${id},algorithm=${algorithm}` }),
          },
        };
        const checked = await checkWebhook(deliveredOf(signed), trust);
        const expected = isDeclared(attempt, credentials);
        outcomes.add(expected);
        expect([attempt, "webhook" in checked]).toEqual([attempt, expected]);
        if ("webhook" in checked) {
          expect(checked.webhook).toMatchObject({ url: at.url, signedBy: attempt.named?.id ?? "auth-token" });
        }
      }
    }),
    { numRuns: MANIFESTS },
  );
  expect(outcomes).toEqual(new Set([true, false]));
});
