import { expect, it } from "vitest";
import { hasTurnQuery, registeredManifestUrls } from "../../hub/signing/declared-rules.ts";
import { manifestWith } from "../../hub/testing/config.ts";
import type { AnsweredEvent } from "../../hub/urls/routes.ts";
import { PARAMETERS } from "../testing/manifest.ts";
import type { WebhookKind } from "./events/webhook-kind.ts";
import { EVENTS, isAnsweredEvent } from "./events.ts";

const SID = "0".repeat(31);

it.each<[AnsweredEvent, string, string, boolean]>([
  ["inbound-call", `CA${SID}2`, "3", true],
  ["call-status", `CA${SID}2`, "completed", true],
  ["recording-complete", `RE${SID}3`, "completed", true],
  ["transcription", `TR${SID}5`, "completed", true],
  ["inbound-text", `SM${SID}4`, "received", true],
  ["text-status", `SM${SID}4`, "delivered", false],
])("%s keeps the key under which existing databases store it", (event, sid, step, isDispatched) => {
  expect(EVENTS[event].read(PARAMETERS[event], 3)).toMatchObject({ sid, step, isDispatched });
});

it.each(["queued", "initiated", "ringing", "in-progress"])(
  "a call that is %s is stored and not handed on",
  (status) => {
    const parameters = { ...PARAMETERS["call-status"], CallStatus: status };
    expect(EVENTS["call-status"].read(parameters, 0)).toMatchObject({ step: status, isDispatched: false });
  },
);

it("only a completed recording is fetched", () => {
  const { read } = EVENTS["recording-complete"];
  expect(read(PARAMETERS["recording-complete"], 0)).toHaveProperty("recording");
  expect(read({ ...PARAMETERS["recording-complete"], RecordingStatus: "absent" }, 0)).not.toHaveProperty("recording");
});

it("only a call has turns, and the signing Rules know it", () => {
  expect(Object.entries(EVENTS).flatMap(([event, { hasTurns }]) => (hasTurns ? [event] : []))).toEqual([
    "inbound-call",
  ]);
  const urls = registeredManifestUrls(manifestWith());
  expect(urls.filter(hasTurnQuery)).toEqual(urls.filter(({ route }) => EVENTS[route.event].hasTurns));
});

it("knows the names of its own events only", () => {
  expect(Object.keys(PARAMETERS).filter((event) => !isAnsweredEvent(event))).toEqual([]);
  expect(["inbound-fax", "toString", "__proto__", ""].filter(isAnsweredEvent)).toEqual([]);
});

it("does not compile without the entry of an answered event", () => {
  const { transcription: _, ...others } = EVENTS;
  // @ts-expect-error: the transcription has no entry
  const table: Readonly<Record<AnsweredEvent, WebhookKind>> = others;
  expect(Object.keys(table)).toHaveLength(Object.keys(EVENTS).length - 1);
});
