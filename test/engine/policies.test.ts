import { afterAll, beforeAll, expect, test } from "vitest";
import { addCampaign, copyProject, PROGRAM_GUARD, type ProjectCopy } from "../../tools/loopback/project-copy.ts";
import { changesIn, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();
let copies: { readonly guarded: ProjectCopy; readonly unguarded: ProjectCopy; readonly wrongUrl: ProjectCopy };

beforeAll(async () => {
  copies = { guarded: await copyProject(), unguarded: await copyProject(), wrongUrl: await copyProject() };
  await addCampaign(copies.guarded);
  await addCampaign(copies.unguarded);
  await copies.unguarded.replace("infra/index.ts", PROGRAM_GUARD, "");
  await copies.wrongUrl.replace(
    "infra/vendors/numbers.ts",
    "{ voiceUrl, voiceMethod",
    '{ voiceUrl: voiceUrl.concat("/"), voiceMethod',
  );
});

afterAll(async () => {
  for (const copy of Object.values(copies)) await copy.close();
});

test("the pack blocks an A2P campaign by its type and names the danger", async () => {
  const result = await stack().pulumi(["preview"], { project: copies.unguarded.folder });
  expect(result.code).not.toBe(0);
  expect(outputOf(result)).toContain("no-sms-campaign");
  expect(outputOf(result)).toContain("spring-offers: twilio:index/messagingServicesComplianceUsa2pV1");
  expect(outputOf(result)).toContain("it registers or ends an A2P campaign with the carriers");
});

test("the program refuses an A2P campaign if the pack is left out", async () => {
  const args = ["pulumi", "up", "--yes", "--config-file", stack().configFile];
  const result = await stack().pulumi(args, { project: copies.guarded.folder });
  expect(result.code).not.toBe(0);
  expect(outputOf(result)).toContain("is blocked while +19497798471 may not text (A2P 10DLC: ");
  expect(outputOf(result)).not.toContain("no-sms-campaign");
  expect(outputOf(result)).not.toContain("--policy-pack");
  expect(changesIn(stack())).toEqual([]);
  expect(stack().cloud.twilio.state.campaigns).toEqual([]);
});

test("the pack blocks a webhook URL with a trailing slash", async () => {
  const result = await stack().pulumi(["preview"], { project: copies.wrongUrl.folder });
  expect(result.code).not.toBe(0);
  expect(outputOf(result)).toContain("webhook-url-exact");
  expect(outputOf(result)).toContain(
    'primary.voiceUrl: found "https://webhook.reri.co/voice/webhook/", which has a trailing slash',
  );
});
