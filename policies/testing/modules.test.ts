import { join } from "node:path";
import { expect, test } from "vitest";
import { manifestDigest } from "../../hub/manifest.ts";
import { manifestWith } from "../../hub/testing/config.ts";
import { leadsTo, loadReplaced } from "./modules.ts";

const file = (name: string) => join(import.meta.dirname, "..", name);

test("a module that imports another, directly or not, leads to it", () => {
  expect(leadsTo(file("running/reading/deployment.ts"), file("running/reading/deployment.ts"))).toBe(true);
  expect(leadsTo(file("running/restart-recent.ts"), file("reading/known-value.ts"))).toBe(true);
  expect(leadsTo(file("reading/known-value.ts"), file("running/restart-recent.ts"))).toBe(false);
});

test("a module that leads to the replaced file has its new source, and the rest is real", () => {
  const source = 'export const canonicalJson = () => "{}"; export const sha256 = (text: string) => text;';
  const manifest = manifestWith();
  const digestWith = (replaced: string, stays: readonly string[] = []) => {
    const { manifestDigest: digest } = loadReplaced(file("../hub/manifest.ts"), file(replaced), source, stays);
    return typeof digest === "function" && digest(manifest);
  };
  expect(digestWith("../hub/values/canonical-json.ts")).toBe("sha256:{}");
  expect(digestWith("../hub/values/canonical-json.ts", [file("../hub/values/canonical-json.ts")])).toBe(
    manifestDigest(manifest),
  );
  expect(digestWith("reading/texts.ts")).toBe(manifestDigest(manifest));
});
