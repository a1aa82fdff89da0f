import { describe, expect, it } from "vitest";
import { FAREWELL, GREETING, listenToCaller, noReply } from "./twiml.ts";

const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>';

describe("listenToCaller", () => {
  it("greets, listens, and hangs up on silence", () => {
    expect(listenToCaller("https://webhook.reri.co/voice?a=1&b=2")).toBe(
      `${PROLOG}<Response><Gather input="speech" speechTimeout="auto" action="https://webhook.reri.co/voice?a=1&amp;b=2" method="POST">` +
        `<Say>${GREETING}</Say></Gather><Say>${FAREWELL}</Say><Hangup/></Response>`,
    );
  });
});

describe("noReply", () => {
  it("has no verb", () => expect(noReply()).toBe(`${PROLOG}<Response/>`));
});
