import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sized } from "../test/support/test-form.ts";
import { deliver } from "./hosts/deliver.ts";
import type { Manifest } from "./manifest.ts";
import { arbitraryManifest, arbitraryPath, arbitraryQuery, arbitraryTable } from "./testing/arbitrary-manifest.ts";
import { manifestWith, messageOf } from "./testing/config.ts";
import { candidateUrls, registeredUrls } from "./urls/urls.ts";

const CONFIGS = sized(1_000, 10_000);

/** Every URL of a routed path that its host delivers, on either host. Written independently of `manifestUrls`. */
function deliveredUrls(manifest: Manifest): string[] {
  const origins = [manifest.hosts.canonical.url, manifest.hosts.funnel.url];
  const paths = manifest.routes.filter(({ status }) => status !== "pending").map(({ path }) => path);
  return origins
    .flatMap((origin) => paths.map((path) => `${origin}${path}`))
    .filter((url) => deliver(manifest, url).length > 0);
}

test("for every local path, the candidates are exactly the manifest's URLs whose delivery is that path", () => {
  fc.assert(
    fc.property(arbitraryManifest, fc.array(arbitraryPath), arbitraryQuery, (manifest, paths, query) => {
      const urls = deliveredUrls(manifest);
      const local = new Set([...paths, ...urls.flatMap((url) => deliver(manifest, url))]);
      for (const path of local) {
        const expected = urls.filter((url) => deliver(manifest, url).includes(path)).map((url) => `${url}${query}`);
        const candidates = candidateUrls(manifest, `${path}${query}`).map(({ signedUrl }) => signedUrl);
        expect(candidates.toSorted()).toEqual(expected.toSorted());
      }
    }),
    { numRuns: CONFIGS },
  );
});

test("each registered URL is a candidate for every request that its host delivers", () => {
  fc.assert(
    fc.property(arbitraryManifest, arbitraryQuery, (manifest, query) => {
      for (const { number } of manifest.numbers) {
        for (const url of Object.values(registeredUrls(manifest, number))) {
          const delivered = deliver(manifest, `${url}${query}`);
          expect(delivered).not.toHaveLength(0);
          for (const target of delivered) {
            expect(candidateUrls(manifest, target).map(({ signedUrl }) => signedUrl)).toContain(`${url}${query}`);
          }
        }
      }
    }),
    { numRuns: CONFIGS },
  );
});

/** Text that a parameter's name could begin with: Twilio's names begin with a letter. */
const BEGINS_NAME = /^[A-Za-z]/;
const continues = (longer: string, shorter: string) =>
  longer.startsWith(shorter) && BEGINS_NAME.test(longer.slice(shorter.length));
/** The queries that the handler takes: none, a turn's, and those of a JSON body. */
const HUB_QUERIES = [
  "",
  "?turn=1",
  "?turn=12",
  `?bodySHA256=${"0".repeat(64)}`,
  `?turn=1&bodySHA256=${"0".repeat(64)}`,
];

test("no candidate URL is another one plus text that a parameter's name could begin with", () => {
  fc.assert(
    fc.property(arbitraryManifest, (manifest) => {
      const delivered = deliveredUrls(manifest).flatMap((url) => deliver(manifest, url));
      const targets = [...new Set(delivered)].flatMap((path) => HUB_QUERIES.map((query) => `${path}${query}`));
      const signed = new Set(targets.flatMap((target) => candidateUrls(manifest, target)).map((url) => url.signedUrl));
      for (const shorter of signed) expect([...signed].filter((longer) => continues(longer, shorter))).toEqual([]);
    }),
    { numRuns: CONFIGS },
  );
});

test("a route table is refused exactly if a path of it is another one plus such text", () => {
  fc.assert(
    fc.property(arbitraryTable, (routes) => {
      const paths = routes.map(({ path }) => path);
      const isAmbiguous = paths.some((longer) => paths.some((shorter) => continues(longer, shorter)));
      const build = () => manifestWith({ "hosts.funnel.registerFallback": false }, routes);
      if (isAmbiguous) expect(messageOf(build)).toContain("with which a parameter's name could begin");
      else expect(build).not.toThrow();
    }),
    { numRuns: CONFIGS },
  );
});
