import { expect, test } from "vitest";
import { twimlUrl } from "./twiml-url.ts";

const TWIML =
  '<Response><Gather input="speech" action="https://a.example/voice?a=1&amp;b=&quot;2"><Say>hi</Say></Gather>' +
  '<Dial record="true" recordingStatusCallback="https://a.example/rec"><Number>+1</Number></Dial></Response>';

test("a verb's URL is read with its entities resolved", () => {
  expect(twimlUrl(TWIML, "Gather")).toBe('https://a.example/voice?a=1&b="2');
  expect(twimlUrl(TWIML, "Dial", "recordingStatusCallback")).toBe("https://a.example/rec");
});

test("a missing verb or attribute is an error", () => {
  expect(() => twimlUrl(TWIML, "Record")).toThrow("no <Record> with action");
  expect(() => twimlUrl(TWIML, "Dial")).toThrow("no <Dial> with action");
});
