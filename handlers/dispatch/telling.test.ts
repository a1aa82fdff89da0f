import { describe, expect, it } from "vitest";
import { tellingOf } from "./telling.ts";

describe("the telling of an event", () => {
  it.each([
    ["inbound-call", "outbound-api", "outbound-call", "textsAndCallbacks"],
    ["inbound-call", "inbound", "inbound-call", "callRouting"],
    ["inbound-call", undefined, "inbound-call", "callRouting"],
    ["inbound-call", ["outbound-api", "inbound"], "inbound-call", "callRouting"],
    ["call-status", "outbound-api", "call-status", "textsAndCallbacks"],
    ["call-status", "inbound", "call-status", "textsAndCallbacks"],
    ["inbound-text", undefined, "inbound-text", "textsAndCallbacks"],
    ["recording-complete", undefined, "recording-complete", "textsAndCallbacks"],
    ["transcription", undefined, "transcription", "textsAndCallbacks"],
  ])("%s with the direction %s is told as %s to %s", (kind, Direction, name, agent) =>
    expect(tellingOf({ kind, parameters: { Direction } })).toMatchObject({ name, agent }),
  );

  it.each(["deliver", "toString", "__proto__", ""])(
    "an event %j that the table does not have is still told",
    (kind) => {
      const telling = { name: kind, title: "Twilio reported an event.", agent: "textsAndCallbacks" };
      expect(tellingOf({ kind, parameters: {} })).toEqual(telling);
    },
  );
});
