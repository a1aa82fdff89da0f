import { describe, expect, it } from "vitest";
import { connect, hangUp, listen, noReply } from "./twiml.ts";

const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>';
const ACTION = "https://webhook.reri.co/voice?a=1&b=2";
const ESCAPED = "https://webhook.reri.co/voice?a=1&amp;b=2";

describe("listen", () => {
  it("asks, listens, and hangs up if Twilio continues", () => {
    expect(listen({ prompt: "How & why?", action: ACTION, farewell: "Goodbye." })).toBe(
      `${PROLOG}<Response><Gather input="dtmf speech" speechTimeout="auto" action="${ESCAPED}" method="POST" actionOnEmptyResult="true">` +
        "<Say>How &amp; why?</Say></Gather><Say>Goodbye.</Say><Hangup/></Response>",
    );
  });
});

describe("connect", () => {
  const connection = { says: ["One <moment>.", "Recorded."], agent: "+13105550142", action: ACTION };
  const said = "<Say>One &lt;moment&gt;.</Say><Say>Recorded.</Say>";

  it("speaks and dials", () => {
    expect(connect(connection)).toBe(
      `${PROLOG}<Response>${said}<Dial action="${ESCAPED}" method="POST" answerOnBridge="true" timeout="20">+13105550142</Dial></Response>`,
    );
  });

  it("records if it has a callback for the recording", () => {
    expect(connect({ ...connection, recordingStatusCallback: ACTION })).toBe(
      `${PROLOG}<Response>${said}<Dial action="${ESCAPED}" method="POST" answerOnBridge="true" timeout="20"` +
        ` record="record-from-answer-dual" recordingStatusCallback="${ESCAPED}" recordingStatusCallbackMethod="POST">` +
        "+13105550142</Dial></Response>",
    );
  });
});

describe("connect with a caller's number", () => {
  it("shows it to the agent", () => {
    const connection = { says: [], agent: "+13105550142", action: ACTION, callerId: "+19497798471" };
    expect(connect(connection)).toContain(' callerId="+19497798471">+13105550142</Dial>');
    expect(connect({ ...connection, callerId: undefined })).not.toContain("callerId");
  });
});

describe("hangUp", () => {
  it("says the text first", () => {
    expect(hangUp("It's over & done.")).toBe(`${PROLOG}<Response><Say>It's over &amp; done.</Say><Hangup/></Response>`);
  });

  it("says nothing without a text", () => expect(hangUp()).toBe(`${PROLOG}<Response><Hangup/></Response>`));
});

describe("noReply", () => {
  it("has no verb", () => expect(noReply()).toBe(`${PROLOG}<Response/>`));
});
