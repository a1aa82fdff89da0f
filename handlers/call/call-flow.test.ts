import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Voice } from "../../hub/config/voice.ts";
import { manifestUrls } from "../../hub/urls/urls.ts";
import { CALL, testManifest } from "../testing/manifest.ts";
import { answerTurn, type CallTurn } from "./call-flow.ts";
import { LAST_TURN, turnOf } from "./turn.ts";

const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>';
const { hosts, voice, numbers } = testManifest();
const { texts } = voice;
const HOSTS = [hosts.canonical.url, hosts.funnel.url];
const VOICE_URL = `${hosts.canonical.url}/voice/webhook`;
const RECORDING = `${hosts.canonical.url}/voice/recording-complete`;
const closed = Voice.parse({ ...voice, hours: { ...voice.hours, days: ["mon"] } });
const unrecorded = Voice.parse({ ...voice, record: false });
/** A Tuesday. */
const NOW = new Date("2026-05-05T12:00:00Z");
const ownNumbers = new Set(numbers.map(({ number }) => number));
/** A call that was placed from one of the hub's numbers, and answered. */
const PLACED = {
  ...CALL,
  Direction: "outbound-api",
  CallStatus: "in-progress",
  From: "+19497798471",
  To: "+12135550100",
};
const SAID = { SpeechResult: "Could somebody call me back?", Confidence: "0.9" };

const answer = (changes: Partial<CallTurn> = {}) =>
  answerTurn({
    turn: 0,
    parameters: CALL,
    url: VOICE_URL,
    recordingStatusCallback: RECORDING,
    voice,
    ownNumbers,
    now: NOW,
    canListen: true,
    ...changes,
  });

const say = (text: string | undefined) => `<Say>${text}</Say>`;
const ending = (text?: string) => `${PROLOG}<Response>${text === undefined ? "" : say(text)}<Hangup/></Response>`;
const question = (prompt: string, action: string) =>
  `${PROLOG}<Response><Gather input="dtmf speech" speechTimeout="auto" action="${action}" method="POST" actionOnEmptyResult="true">` +
  `${say(prompt)}</Gather>${say(texts.farewell)}<Hangup/></Response>`;
const connection = (says: readonly (string | undefined)[], action: string, recording = "") =>
  `${PROLOG}<Response>${says.map(say).join("")}<Dial action="${action}" method="POST" answerOnBridge="true" timeout="20"${recording}>` +
  `${voice.agent}</Dial></Response>`;
const placed = (says: readonly (string | undefined)[], rest: string) =>
  `${PROLOG}<Response>${says.map(say).join("")}<Dial action="${VOICE_URL}?turn=1" method="POST" answerOnBridge="true" timeout="20"${rest}>` +
  `${voice.agent}</Dial></Response>`;
const recordedTo = (url: string) =>
  ` record="record-from-answer-dual" recordingStatusCallback="${url}" recordingStatusCallbackMethod="POST"`;

describe("a call", () => {
  it("is greeted and asked", () => {
    expect(answer()).toBe(question(texts.greeting, `${VOICE_URL}?turn=1`));
  });

  it.each([
    ["is asked again after silence", { turn: 1, parameters: CALL }, question(texts.reprompt, `${VOICE_URL}?turn=2`)],
    ["is asked a third time", { turn: 2, parameters: CALL }, question(texts.reprompt, `${VOICE_URL}?turn=3`)],
    ["is not asked a fourth time", { turn: 3, parameters: CALL }, ending(texts.farewell)],
    ["ends on silence in any later turn", { turn: 50, parameters: CALL }, ending(texts.farewell)],
    [
      "takes blanks for silence",
      { turn: 1, parameters: { ...CALL, SpeechResult: " \n", Digits: "" } },
      question(texts.reprompt, `${VOICE_URL}?turn=2`),
    ],
  ])("%s", (_what, changes, expected) => expect(answer(changes)).toBe(expected));

  it.each([
    ["said something", SAID],
    ["pressed a key", { Digits: "0" }],
    ["did both", { ...SAID, Digits: "1" }],
    ["sent it twice", { Digits: ["1", "2"] }],
  ])("is connected if the caller %s", (_what, said) => {
    const parameters = { ...CALL, ...said };
    const expected = connection(
      [texts.recordingNotice, texts.connecting],
      `${VOICE_URL}?turn=2`,
      recordedTo(RECORDING),
    );
    expect(answer({ turn: 1, parameters })).toBe(expected);
  });

  it("is neither recorded nor announced as recorded if the config switches recording off", () => {
    const parameters = { ...CALL, ...SAID };
    const expected = connection([texts.connecting], `${VOICE_URL}?turn=3`);
    expect(answer({ turn: 2, parameters, voice: unrecorded })).toBe(expected);
  });

  it("is told that the business is closed", () => {
    expect(answer({ turn: 1, parameters: { ...CALL, ...SAID }, voice: closed })).toBe(ending(texts.closed));
    expect(answer({ voice: closed })).toBe(question(texts.greeting, `${VOICE_URL}?turn=1`));
  });

  it.each([
    ["completed", undefined],
    ["answered", undefined],
    ["busy", texts.unavailable],
    ["no-answer", texts.unavailable],
    ["failed", texts.unavailable],
    ["canceled", texts.unavailable],
    ["", texts.unavailable],
    [["completed", "busy"], texts.unavailable],
  ])("ends after a dial that was %s", (DialCallStatus, text) => {
    const parameters = { ...CALL, DialCallStatus };
    for (const turn of [0, 1, 2, 4, LAST_TURN]) {
      expect(answer({ turn, parameters })).toBe(ending(text));
      expect(answer({ turn, parameters: { ...parameters, ...SAID } })).toBe(ending(text));
      expect(answer({ turn, parameters, canListen: false })).toBe(ending(text));
    }
  });

  it("has no turn after the last one", () => {
    expect(answer({ turn: LAST_TURN, parameters: { ...CALL, ...SAID } })).toBe(ending(texts.farewell));
    expect(answer({ turn: LAST_TURN, canListen: false })).toBe(ending(texts.farewell));
    const before = { turn: LAST_TURN - 1, parameters: { ...CALL, ...SAID } };
    expect(answer(before)).toContain(`action="${VOICE_URL}?turn=${LAST_TURN}"`);
  });

  it("has another action in each turn, even if the caller repeats the same words", () => {
    const actions = [0, 1, 2, 3].flatMap((turn) => [
      actionOf(answer({ turn })),
      actionOf(answer({ turn, parameters: { ...CALL, ...SAID } })),
    ]);
    const turns = actions.map((action) => action && turnOf(action.slice(VOICE_URL.length)));
    expect(turns).toEqual([1, 1, 2, 2, 3, 3, undefined, 4]);
  });
});

describe("a call while nothing can be stored", () => {
  const blind = { canListen: false };

  it.each([
    ["at once", { ...blind }, 1],
    ["after silence", { ...blind, turn: 1 }, 2],
    ["after words", { ...blind, turn: 2, parameters: { ...CALL, ...SAID } }, 3],
  ])("is connected %s", (_when, changes, next) => {
    const says = [texts.fallback, texts.recordingNotice];
    expect(answer(changes)).toBe(connection(says, `${VOICE_URL}?turn=${next}`, recordedTo(RECORDING)));
  });

  it("is told that the business is closed", () => {
    expect(answer({ ...blind, voice: closed })).toBe(ending(texts.closed));
  });
});

describe("a call that the hub placed", () => {
  const SHOWN = ` callerId="${PLACED.From}"`;
  const says = [texts.outbound, texts.recordingNotice];

  it.each([
    ["within the business hours", {}],
    ["when the business is closed", { voice: closed }],
    ["while nothing can be stored", { canListen: false }],
    ["after the person spoke", { parameters: { ...PLACED, ...SAID } }],
    ["if a person was heard", { parameters: { ...PLACED, AnsweredBy: "human" } }],
    ["if it is unknown whether a person was heard", { parameters: { ...PLACED, AnsweredBy: "unknown" } }],
  ])("is connected at once %s", (_when, changes) => {
    expect(answer({ parameters: PLACED, ...changes })).toBe(placed(says, `${SHOWN}${recordedTo(RECORDING)}`));
  });

  it("is neither recorded nor announced as recorded if the config switches recording off", () => {
    expect(answer({ parameters: PLACED, voice: unrecorded })).toBe(placed([texts.outbound], SHOWN));
  });

  it("shows the agent no number that is not the hub's", () => {
    for (const From of ["+13105550199", '"><Dial>', ["+19497798471", "+19497798471"]]) {
      const parameters = { ...PLACED, From };
      expect(answer({ parameters, voice: unrecorded })).toBe(placed([texts.outbound], ""));
    }
  });

  it.each(["machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax"])(
    "hangs up without a word on %s",
    (AnsweredBy) => expect(answer({ parameters: { ...PLACED, AnsweredBy } })).toBe(ending()),
  );

  it("ends with the dial, and dials nobody twice", () => {
    expect(answer({ turn: 1, parameters: { ...PLACED, DialCallStatus: "completed" } })).toBe(ending());
    const missed = { ...PLACED, DialCallStatus: "no-answer" };
    expect(answer({ turn: 1, parameters: missed })).toBe(ending(texts.unavailable));
    expect(answer({ turn: 1, parameters: PLACED })).toBe(ending(texts.farewell));
  });
});

describe("every answer", () => {
  const arbitraryTurn: fc.Arbitrary<CallTurn> = fc
    .record({
      turn: fc.integer({ min: 0, max: LAST_TURN }),
      host: fc.constantFrom(...HOSTS),
      path: fc.constantFrom("/voice", "/voice/webhook"),
      said: fc.constantFrom({}, { SpeechResult: "x9q" }, { Digits: "777" }),
      dial: fc.constantFrom({}, { DialCallStatus: "completed" }, { DialCallStatus: "busy" }),
      voice: fc.constantFrom(voice, closed, unrecorded),
      canListen: fc.boolean(),
      call: fc.constantFrom(CALL, PLACED, { ...PLACED, From: "+12135550177" }),
    })
    .map(({ host, path, said, dial, call, ...rest }) => ({
      ...rest,
      ownNumbers,
      now: NOW,
      parameters: { ...call, ...said, ...dial },
      url: `${host}${path}`,
      recordingStatusCallback: `${host}/voice/recording-complete`,
    }));

  it("continues on the host of the call, counts the turns, and dials nobody twice", () => {
    fc.assert(
      fc.property(arbitraryTurn, (call) => {
        const twiml = answerTurn(call);
        const action = actionOf(twiml);
        if (action !== undefined) expect(action).toBe(`${call.url}?turn=${call.turn + 1}`);
        else expect(twiml).toContain("<Hangup/>");
        const urls = [...twiml.matchAll(/="(https:[^"]*)"/g)].map(([, url]) => url);
        for (const url of urls) expect(url).toMatch(new RegExp(`^${new URL(call.url).origin}/`));
        if (call.parameters.DialCallStatus !== undefined) expect(twiml).not.toMatch(/<(Dial|Gather)/);
        if (!call.canListen) expect(twiml).not.toContain("<Gather");
      }),
    );
  });

  it("repeats nothing that the caller sent, and sends no message", () => {
    fc.assert(
      fc.property(arbitraryTurn, (call) => {
        expect(answerTurn(call)).not.toMatch(/x9q|777|CA0|\+1213|<Message|<Sms/);
      }),
    );
  });

  it("announces a recording before it dials", () => {
    fc.assert(
      fc.property(arbitraryTurn, (call) => {
        const twiml = answerTurn(call);
        const noticeAt = twiml.indexOf(say(texts.recordingNotice));
        expect(noticeAt !== -1).toBe(twiml.includes(" record="));
        expect(noticeAt).toBeLessThan(Math.max(0, twiml.indexOf("<Dial")));
      }),
    );
  });

  it("escapes every text", () => {
    const marked = `</Say><Dial>+1</Dial> & "we're" <!-- -->`;
    const names = Object.keys(texts);
    const spoiled = Voice.parse({ ...voice, texts: Object.fromEntries(names.map((name) => [name, marked])) });
    const escaped = say(marked.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;"));
    const farewells = [answer({ voice: spoiled }), answer({ voice: spoiled, turn: 1 })];
    const connected = answer({ voice: spoiled, turn: 1, parameters: { ...CALL, ...SAID } });
    const blind = answer({ voice: spoiled, canListen: false });
    for (const twiml of [...farewells, connected, blind]) expect(twiml.split(escaped)).toHaveLength(3);
    for (const status of ["busy", "completed"]) {
      const ended = answer({ voice: spoiled, parameters: { ...CALL, DialCallStatus: status } });
      expect(ended.split(escaped)).toHaveLength(status === "busy" ? 2 : 1);
    }
  });
});

it("the URLs of these tests are the manifest's", () => {
  const urls = manifestUrls(testManifest()).map(({ url }) => String(url));
  for (const host of HOSTS) {
    for (const path of ["/voice", "/voice/webhook", "/voice/recording-complete"]) {
      expect(urls).toContain(`${host}${path}`);
    }
  }
});

/** The URL of the next turn, if the answer has one. */
function actionOf(twiml: string): string | undefined {
  return / action="([^"]*)"/.exec(twiml)?.[1];
}
