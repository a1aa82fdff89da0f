import { expect, test } from "vitest";
import { z } from "zod";
import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { copyProject } from "../../tools/loopback/project-copy.ts";
import { stateFiles, vaultValues } from "../../tools/loopback/secrets.ts";
import { previewSteps } from "../../tools/plan/preview-json.ts";
import { changesIn, IMPORTED, NUMBER_NAMES, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();
const Outputs = z.looseObject({ manifestDigest: z.string(), releaseDigest: z.string() });

async function outputs(): Promise<z.infer<typeof Outputs>> {
  return Outputs.parse(JSON.parse((await stack().pulumi(["pulumi", "stack", "output", "--json"])).stdout));
}

test("a first preview imports what exists, changes nothing and shows no secret", async () => {
  const secrets = await vaultValues(stack());
  for (const args of [
    ["preview", "--json"],
    ["preview", "--diff"],
  ]) {
    const result = await stack().pulumi(args);
    expect(result.code, outputOf(result)).toBe(0);
    for (const secret of secrets) expect(outputOf(result)).not.toContain(secret);
    if (!args.includes("--json")) continue;
    const imported = previewSteps(result.stdout).filter(({ op }) => op === "import");
    expect(imported.map(({ name }) => name).toSorted()).toEqual(IMPORTED);
  }
  expect(changesIn(stack())).toEqual([]);
});

test("up sets every number's URLs without creating or releasing a number; a second up changes nothing", async () => {
  const first = await stack().pulumi(["up", "--yes", "--skip-preview"]);
  expect(first.code, outputOf(first)).toBe(0);
  const { numbers, released } = stack().cloud.twilio.state;
  expect(
    [...numbers.values()].map(({ voice_url, sms_url, status_callback }) => [voice_url, sms_url, status_callback]),
  ).toEqual(
    NUMBER_NAMES.map(() =>
      ["/voice/webhook", "/sms/webhook", "/voice/status"].map((path) => `https://webhook.reri.co${path}`),
    ),
  );
  expect(released).toEqual([]);

  const changes = changesIn(stack()).length;
  await stack().apply();
  expect(changesIn(stack())).toHaveLength(changes);
  expect(previewSteps((await stack().pulumi(["preview", "--json"])).stdout)).toEqual([]);
});

test("a changed path in the route table changes the ingress, every number and the release together, and nothing else", async () => {
  const before = await outputs();
  const copy = await copyProject();
  try {
    await copy.replace("hub/urls/routes.ts", '"/voice/status"', '"/voice/call-status"');
    const result = await stack().pulumi(["preview", "--json"], { project: copy.folder });
    expect(result.code, outputOf(result)).toBe(0);
    const steps = previewSteps(result.stdout).map(({ op, name, changes }) => [`${op} ${name}`, changes]);
    expect(Object.fromEntries(steps)).toEqual({
      "update ingress": [
        "config.ingresses[webhook.reri.co ^/voice/status$]",
        "config.ingresses[webhook.reri.co ^/voice/call-status$]",
      ],
      ...Object.fromEntries(NUMBER_NAMES.map((name) => [`update ${name}`, ["statusCallback"]])),
      "update staged-release": ["environment.HUB_MANIFEST", "environment.HUB_RELEASE", "environment.HUB_STAGED_FOUND"],
    });
    const shown = await stack().pulumi(["preview", "--diff"], { project: copy.folder });
    expect(shown.stdout).toContain(`~ manifestDigest: "${before.manifestDigest}" => "sha256:`);
    expect(shown.stdout).toContain(`~ releaseDigest : "${before.releaseDigest}" => "sha256:`);
  } finally {
    await copy.close();
  }
});

test("the same program with the same config gives the same digests from another folder", async () => {
  const copy = await copyProject();
  try {
    const result = await stack().pulumi(["preview", "--expect-no-changes"], { project: copy.folder });
    expect(result.code, outputOf(result)).toBe(0);
  } finally {
    await copy.close();
  }
});

test("no vault value is in a state file or in the output of up and drift", async () => {
  const secrets = await vaultValues(stack());
  const printed = await Promise.all([stack().pulumi(["pulumi", "stack", "export"]), outputs().then(JSON.stringify)]);
  const drift = await stack().pulumi(["drift"]);
  const up = await stack().pulumi(["up", "--yes", "--diff"]);
  const texts = [outputOf(printed[0]), printed[1], outputOf(drift), outputOf(up), ...(await stateFiles(stack()))];
  for (const secret of secrets) for (const text of texts) expect(text).not.toContain(secret);
});

test("each number, the tunnel's config and the DNS record are protected, and kept if their resource is deleted", async () => {
  const exported = await stack().pulumi(["pulumi", "stack", "export"]);
  const Resource = z.object({
    type: z.string(),
    protect: z.boolean().optional(),
    retainOnDelete: z.boolean().optional(),
  });
  const Deployment = z.object({ deployment: z.object({ resources: z.array(Resource) }) });
  const { resources } = Deployment.parse(JSON.parse(exported.stdout)).deployment;
  const kept = resources.filter(({ type }) => type === PHONE_NUMBER_TYPE || type.startsWith("cloudflare:"));
  expect(kept).toHaveLength(IMPORTED.length);
  for (const resource of kept) expect(resource).toMatchObject({ protect: true, retainOnDelete: true });
});
