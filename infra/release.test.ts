import { randomUUID } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildManifest } from "../hub/manifest.ts";
import { parseConfig } from "../hub/parse-config.ts";
import { PROJECT } from "../tools/paths.ts";
import { readStackConfig, stackFile } from "../tools/stack-config.ts";
import { buildRelease } from "./release.ts";

async function manifest(change: Readonly<Record<string, unknown>> = {}) {
  const { hub, source } = await readStackConfig(stackFile("loopback"));
  return buildManifest(parseConfig({ ...hub, ...change }, source));
}

test("two builds at once give one release, with the manifest inside and no path of the machine", async () => {
  const [first, second] = await Promise.all([buildRelease(await manifest()), buildRelease(await manifest())]);
  expect(first).toEqual(second);
  expect(first.digest).toBe(`sha256:${first.folder.slice(-64)}`);
  const handler = await readFile(join(first.folder, "handler.mjs"), "utf8");
  expect(handler).toContain("op://Aurora/twilio/auth-token");
  expect(handler).not.toContain(PROJECT);
});

test("a damaged build is built anew", async () => {
  // A release of its own: another run of the tests may look at the same folder.
  const own = await manifest({
    handler: { port: 1, adminPort: 2, process: randomUUID(), releases: "releases", gateFile: "gate" },
  });
  const { folder } = await buildRelease(own);
  try {
    const intact = await readFile(join(folder, "handler.mjs"), "utf8");
    await writeFile(join(folder, "handler.mjs"), "damaged");
    await buildRelease(own);
    expect(await readFile(join(folder, "handler.mjs"), "utf8")).toBe(intact);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("another manifest gives another digest", async () => {
  const handler = { port: 18798, adminPort: 18799, process: "twilio", releases: "releases", gateFile: "gate" };
  const other = await manifest({ handler });
  expect((await buildRelease(other)).digest).not.toBe((await buildRelease(await manifest())).digest);
});
