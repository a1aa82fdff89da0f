import * as fc from "fast-check";
import { expect, test } from "vitest";
import { sized } from "../test/support/test-form.ts";
import { deliver } from "./hosts/deliver.ts";
import type { Manifest } from "./manifest.ts";
import { arbitraryManifest, arbitraryPath, arbitraryQuery } from "./testing/arbitrary-manifest.ts";
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
