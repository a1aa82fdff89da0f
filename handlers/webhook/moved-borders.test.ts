import fc from "fast-check";
import { expect, test } from "vitest";
import { deliver } from "../../hub/hosts/deliver.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { arbitraryManifest } from "../../hub/testing/arbitrary-manifest.ts";
import { candidateFinder, manifestUrls } from "../../hub/urls/urls.ts";
import { sized } from "../../test/support/test-form.ts";
import { deliveredOf } from "../testing/hosts.ts";
import { CREDENTIALS, formWebhook, PARAMETERS, sign, type TestRequest } from "../testing/manifest.ts";
import { checkWebhook } from "./check-webhook.ts";

const MANIFESTS = sized(200, 2_000);
const OURS = `AccountSid${CREDENTIALS.accountSid}`;

/** Names that Twilio makes of a SIP call's headers, which the caller chooses. */
const sipNames = fc.uniqueArray(
  fc.stringMatching(/^[A-Za-z0-9_.-]{0,12}$/).map((rest) => `SipHeader_X-${rest}`),
  { maxLength: 3 },
);

/**
 * All requests that have the signature of a genuine one, but go to another URL: the end of the signed URL is moved into a parameter before our
 * account, with the border between its name and its value at each place.
 */
function moved(manifest: Manifest, url: string, parameters: Readonly<Record<string, string>>): TestRequest[] {
  const { AccountSid: _, ...others } = parameters;
  return manifestUrls(manifest)
    .filter((shorter) => shorter.url !== url && url.startsWith(shorter.url))
    .flatMap((shorter) => {
      const end = url.slice(shorter.url.length);
      return shorter.deliveredAs.flatMap((target) =>
        Array.from({ length: end.length + 1 }, (__, border) => {
          const pairs = { [end.slice(0, border)]: end.slice(border), ...parameters };
          const inOneName = { [`${end}${OURS.slice(0, border)}`]: OURS.slice(border), ...others };
          return [pairs, inOneName].map((given) => ({ ...formWebhook(shorter.url, given), target }));
        }).flat(),
      );
    })
    .map((request) => ({
      ...request,
      headers: { ...request.headers, "x-twilio-signature": sign(url, parameters) },
    }));
}

test("a genuine call with a SIP caller's headers is accepted, and no other URL accepts its signature", async () => {
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryManifest, sipNames, fc.string(), async (manifest, names, value) => {
      const trust = { candidatesFor: candidateFinder(manifest), credentials: CREDENTIALS };
      for (const { url, route } of manifestUrls(manifest)) {
        const headers = Object.fromEntries(names.map((name) => [name, value]));
        const parameters = { ...PARAMETERS[route.event], ...headers };
        for (const target of deliver(manifest, url)) {
          const request = deliveredOf(formWebhook(url, parameters, target));
          expect(await checkWebhook(request, trust)).toMatchObject({ webhook: { url, parameters } });
        }
        for (const forged of moved(manifest, url, parameters)) {
          tried += 1;
          expect(await checkWebhook(deliveredOf(forged), trust)).toEqual({ refusal: 403 });
        }
      }
    }),
    { numRuns: MANIFESTS },
  );
  expect(tried).toBeGreaterThan(MANIFESTS);
});
