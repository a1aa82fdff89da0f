import { expect, test } from "vitest";
import { deferredProblem } from "./deferred.ts";

test.each([
  ["livekit:index/room:Room", "LiveKit"],
  ["wss://hub.LiveKit.cloud", "LiveKit"],
  ["live-kit", "LiveKit"],
  ["nemoclaw-stt", "NemoClaw"],
  ["NEMO_CLAW_URL", "NemoClaw"],
])("%s mentions %s", (text, what) => {
  expect(deferredProblem(text)).toContain(`is ${what}'s`);
});

test.each(["", "openclaw", "live", "https://webhook.reri.co/voice/webhook", "nemo"])(
  "%j mentions no deferred system",
  (text) => {
    expect(deferredProblem(text)).toBeUndefined();
  },
);
