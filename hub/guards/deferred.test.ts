import { expect, test } from "vitest";
import { deferredProblem } from "./deferred.ts";

test.each([
  ["livekit:index/room:Room", "LiveKit"],
  ["wss://hub.LiveKit.cloud", "LiveKit"],
  ["live-kit", "LiveKit"],
  ["nemoclaw-stt", "NemoClaw"],
  ["NEMO_CLAW_URL", "NemoClaw"],
])("%s is %s's", (text, what) => {
  expect(deferredProblem(text)).toContain(`is ${what}'s`);
});

test.each(["", "openclaw", "live", "https://webhook.reri.co/voice/webhook", "nemo"])("%j is nobody's", (text) => {
  expect(deferredProblem(text)).toBeUndefined();
});
