import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { z } from "zod";
import { changesIn, outputOf, useLoopbackStack } from "../support/engine.ts";
import { killUpWhen } from "../support/machine/kill-engine.ts";
import { releasesIn } from "../support/machine/small-release.ts";

const stack = useLoopbackStack();
const Outputs = z.looseObject({ releaseDigest: z.string() });

test("after a kill -9 during staging and another during the changes the tool says how to continue, and the next up ends as declared", async () => {
  const isStaging = async () => (await readdir(stack().releases).catch(() => [])).length > 0;
  await killUpWhen(stack(), {}, isStaging);
  expect(changesIn(stack())).toEqual([]);
  await killUpWhen(stack(), {}, async () => changesIn(stack()).length > 0);

  const next = await stack().pulumi(["up", "--yes", "--skip-preview"]);
  expect(next.code, outputOf(next)).toBe(0);
  expect((await stack().pulumi(["preview", "--expect-no-changes"])).code).toBe(0);
  const { numbers, released } = stack().cloud.twilio.state;
  expect(released).toEqual([]);
  for (const { status_callback } of numbers.values()) {
    expect(status_callback).toBe("https://webhook.reri.co/voice/status");
  }
  const outputs = Outputs.parse(JSON.parse((await stack().pulumi(["pulumi", "stack", "output", "--json"])).stdout));
  expect((await releasesIn(stack().releases)).whole).toEqual([outputs.releaseDigest.replace("sha256:", "")]);
});
