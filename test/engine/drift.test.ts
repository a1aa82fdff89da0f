import { beforeAll, expect, test } from "vitest";
import { OVERRIDES, type Override } from "../../hub/urls/overrides.ts";
import type { IncomingPhoneNumber } from "../../loopback/twilio/incoming-phone-number.ts";
import { PreviewJson } from "../../tools/plan/preview-json.ts";
import { isChanging, nameOf } from "../../tools/plan/step.ts";
import { type Change, changesOf } from "../../tools/plan/step-changes.ts";
import { outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();

beforeAll(() => stack().apply());

function firstNumber() {
  const [number] = stack().cloud.twilio.state.numbers.values();
  if (number === undefined) throw new Error("the loopback account has no number");
  return number;
}

function ingress() {
  const tunnel = [...stack().cloud.cloudflare.state.tunnels.values()][0];
  if (tunnel === undefined) throw new Error("the loopback account has no tunnel");
  return tunnel.config.ingress;
}

/** Expects the drift check to find exactly these changes of one resource, so the earlier repairs were complete. They are derived from its JSON, since the CLI's text depends on the provider. */
async function expectDrift(name: string, changes: readonly Change[]): Promise<void> {
  const result = await stack().pulumi(["drift", "--json"]);
  expect(result.code, outputOf(result)).toBe(7);
  const steps = PreviewJson.parse(JSON.parse(result.stdout)).steps.filter(isChanging);
  expect(steps.map((step) => [nameOf(step.urn), changesOf(step)])).toEqual([[name, changes]]);
}

test("a repointed voice URL is drift, and up repairs it", async () => {
  firstNumber().voice_url = "https://elsewhere.example/voice";
  const [before, after] = ["https://elsewhere.example/voice", "https://webhook.reri.co/voice/webhook"];
  await expectDrift("primary", [{ path: "voiceUrl", before, after }]);
  await stack().apply();
  expect(firstNumber().voice_url).toBe("https://webhook.reri.co/voice/webhook");
});

test("a changed rule of the hub is drift, and up repairs it", async () => {
  const [rule] = ingress();
  if (rule === undefined) throw new Error("the tunnel has no rule");
  const declared = { ...rule };
  rule.path = "^/voice";
  await expectDrift("ingress", [
    { path: "config.ingresses[webhook.reri.co ^/voice]", before: { ...declared, path: "^/voice" } },
    { path: "config.ingresses[webhook.reri.co ^/voice/webhook$]", after: declared, position: 1 },
  ]);
  await stack().apply();
});

test("an undeclared rule stops preview and up, is listed and is not removed", async () => {
  const rule = { hostname: "forms.reri.co", path: "^/signed$", service: "http://localhost:19999" };
  ingress().unshift(rule);
  for (const args of [["drift"], ["up", "--yes", "--skip-preview"]]) {
    const result = await stack().pulumi(args);
    expect(result.code).toBe(1);
    expect(outputOf(result)).toContain("neither the hub's nor a declared sibling's");
    expect(outputOf(result)).toContain("- hostname forms.reri.co, path ^/signed$, service http://localhost:19999");
  }
  expect(ingress()[0]).toEqual(rule);
  ingress().shift();
});

test("a changed rule of a sibling stops the run", async () => {
  const rule = ingress().find(({ service }) => service.endsWith(":18793"));
  if (rule === undefined) throw new Error("the tunnel has no rule of salesmsg");
  const declared = rule.path;
  rule.path = "^/salesmsg/v2$";
  const result = await stack().pulumi(["preview"]);
  expect(result.code).toBe(1);
  expect(outputOf(result)).toContain("path ^/salesmsg/v2$");
  if (declared !== undefined) rule.path = declared;
});

const OTHER_SID = `AP${"1".repeat(32)}`;

/** A value of each setting of the list that takes calls or texts away, as somebody sets it at Twilio. */
const BY_HAND = {
  voiceApplicationSid: ["voice_application_sid", OTHER_SID],
  smsApplicationSid: ["sms_application_sid", OTHER_SID],
  trunkSid: ["trunk_sid", OTHER_SID],
  voiceReceiveMode: ["voice_receive_mode", "fax"],
} as const satisfies Readonly<Record<Override["property"], readonly [keyof IncomingPhoneNumber, string]>>;

test.each(OVERRIDES.map(({ property }) => BY_HAND[property]))(
  "a %s of %s that somebody set by hand stops the run, though the engine counts no change",
  async (field, value) => {
    const number = firstNumber();
    const before = number[field];
    number[field] = value;
    try {
      const result = await stack().pulumi(["drift"]);
      expect(result.code).toBe(1);
      expect(outputOf(result)).toContain(`error: ${number.phone_number}: `);
      expect(outputOf(result)).toContain(` ${value} is set and overrides the webhook URLs`);
    } finally {
      Object.assign(number, { [field]: before });
    }
  },
);

test("a DNS record that somebody repointed is drift, and up repairs it", async () => {
  const [record] = stack().cloud.cloudflare.state.records.values();
  if (record === undefined) throw new Error("the loopback zone has no record");
  const { content } = record;
  record.content = "elsewhere.example";
  await expectDrift("canonical-host", [{ path: "content", before: "elsewhere.example", after: content }]);
  await stack().apply();
});

test("after the repairs nothing differs", async () => {
  expect((await stack().pulumi(["drift"])).code).toBe(0);
});
