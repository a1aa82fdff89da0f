import { expect, test } from "vitest";
import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { manifestWith } from "../../hub/testing/config.ts";
import { liveNumbers } from "./live-numbers.ts";
import { ExportedState } from "./state-findings.ts";

const FUNNEL = "https://srv1347501.tailb025a7.ts.net";

/** The inputs that the policies see of a number with these inputs and outputs. */
function live(inputs: object, outputs: object, type = PHONE_NUMBER_TYPE): unknown {
  const resource = { urn: `urn:pulumi:prod::twilio-hub::${type}::primary`, type, inputs, outputs };
  const state = ExportedState.parse({ deployment: { resources: [resource] } });
  return liveNumbers(state, manifestWith()).deployment.resources[0]?.inputs;
}

test("live values replace declared ones, and other inputs stay", () => {
  expect(live({ voiceUrl: "a", friendlyName: "b" }, { voiceUrl: "c", voiceMethod: "GET", trunkSid: "TK" })).toEqual({
    ...{ voiceUrl: "c", voiceMethod: "GET", trunkSid: "TK", friendlyName: "b" },
  });
});

test("empty outputs, and outputs that are not settings, change nothing", () => {
  const outputs = { voiceUrl: "", smsMethod: "GET", trunkSid: null, phoneNumber: "+1", friendlyName: "c" };
  expect(live({ voiceUrl: "a" }, outputs)).toEqual({ voiceUrl: "a" });
});

test("a fallback that was set by hand counts unless the handler answers it", () => {
  const answered = { voiceFallbackUrl: `${FUNNEL}/voice`, voiceFallbackMethod: "GET" };
  expect(live({}, answered)).toEqual({});
  expect(live({ voiceFallbackUrl: "a" }, answered)).toEqual(answered);
  expect(live({}, { smsFallbackUrl: `${FUNNEL}/voice` })).toEqual({ smsFallbackUrl: `${FUNNEL}/voice` });
  expect(live({}, { smsFallbackUrl: "https://a.co/" })).toEqual({ smsFallbackUrl: "https://a.co/" });
});

test.each(["trunkSid", "voiceApplicationSid", "voiceReceiveMode", "smsApplicationSid"])(
  "a live %s counts",
  (property) => {
    expect(live({}, { [property]: "x" })).toEqual({ [property]: "x" });
  },
);

test("other resources are left out", () => {
  expect(live({}, { voiceUrl: "a" }, "other:index:Type")).toBeUndefined();
});
