import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type EndpointAnswer, startEndpoint, type TestEndpoint } from "../testing/endpoint.ts";
import { eventually } from "../testing/eventually.ts";
import { TOKEN } from "../testing/manifest.ts";
import { fetchMedia, type MediaSettings } from "./media.ts";
import { ACCOUNT, ASKED_HOST, accountWith, fetchFrom } from "./test-twilio-media.ts";

const RECORDING_SID = "RE00000000000000000000000000000003";
const PATH = `/2010-04-01/Accounts/${ACCOUNT.accountSid}/Recordings/${RECORDING_SID}.mp3`;
const AUDIO = { status: 200, headers: { "content-type": "audio/mpeg" }, body: "audio" };
const MAX_BYTES = 1000;

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.close());
beforeEach(() => {
  endpoint.received.length = 0;
});

/** Fetches from an endpoint that gives the answers one after another, and then repeats the last one. */
function fetchGiven(
  answers: EndpointAnswer[],
  changes: Partial<MediaSettings> = {},
  signal = new AbortController().signal,
) {
  endpoint.answer = () => answers[Math.min(endpoint.received.length, answers.length) - 1] ?? AUDIO;
  const settings = { ...ACCOUNT, maxBytes: MAX_BYTES, fetch: fetchFrom(endpoint.url), ...changes };
  return fetchMedia(RECORDING_SID, settings, signal);
}
const redirect = (location?: string, status = 307) => ({ status, headers: location === undefined ? {} : { location } });
const asked = () => endpoint.received.map(({ headers }) => headers[ASKED_HOST]);

describe("fetchMedia", () => {
  it("fetches from Twilio's API with the account's credentials", async () => {
    const result = await fetchGiven([AUDIO]);
    expect(result).toMatchObject({ kind: "fetched", contentType: "audio/mpeg" });
    expect("bytes" in result && Buffer.from(result.bytes).toString()).toBe("audio");
    expect(endpoint.received).toMatchObject([{ method: "GET", target: PATH }]);
    expect(endpoint.received[0]?.headers).toMatchObject({
      [ASKED_HOST]: "api.twilio.com",
      authorization: `Basic ${Buffer.from(`${ACCOUNT.accountSid}:${TOKEN}`).toString("base64")}`,
    });
  });

  it.each(["audio/mpeg", "audio/mp3", "Audio/MPEG; charset=binary"])("accepts %s", async (type) => {
    const result = await fetchGiven([{ ...AUDIO, headers: { "content-type": type } }]);
    expect(result).toMatchObject({ kind: "fetched", contentType: type.split(";")[0]?.toLowerCase() });
  });

  it.each([200, 1000])("accepts %i bytes if the limit is 1000", async (length) => {
    expect(await fetchGiven([{ ...AUDIO, body: "x".repeat(length) }])).toMatchObject({ kind: "fetched" });
  });

  it.each([
    ["text", { status: 200, headers: { "content-type": "text/html" }, body: "<html>" }, /not MP3 audio/],
    ["audio of another type", { status: 200, headers: { "content-type": "audio/wav" }, body: "x" }, /not MP3 audio/],
    ["no type", { status: 200, body: "x" }, /not MP3 audio/],
    ["an announced length over the limit", { ...AUDIO, body: "x".repeat(1001) }, /more than 1000 bytes/],
    [
      "pieces over the limit",
      { ...AUDIO, headers: { ...AUDIO.headers, "transfer-encoding": "chunked" }, body: "x".repeat(5000) },
      /more than 1000 bytes/,
    ],
    ["410", { status: 410 }, /^HTTP 410/],
    ["204", { status: 204 }, /^HTTP 204/],
    ["a redirect elsewhere", redirect("https://evil.example/x"), /away from Twilio/],
    ["a redirect to another port", redirect("https://api.twilio.com:8443/x"), /away from Twilio/],
    ["a redirect to nowhere", redirect(), /away from Twilio/],
  ] as const)("gives up at %s", async (_what, answer, reason) => {
    expect(await fetchGiven([answer])).toEqual({ kind: "failed", reason: expect.stringMatching(reason) });
  });

  it("tries the other valid tokens after a 401, and sends none of them to the media network", async () => {
    const answers = [{ status: 401 }, { status: 401 }, redirect("https://media.twiliocdn.com/x"), AUDIO];
    const account = accountWith(TOKEN, "second-token", "third-token");
    expect(await fetchGiven(answers, account)).toMatchObject({ kind: "fetched" });
    expect(asked()).toEqual([...Array.from({ length: 3 }, () => "api.twilio.com"), "media.twiliocdn.com"]);
    const sent = endpoint.received.map(({ headers: { authorization = "" } }) => String(authorization));
    const tokens = sent.map((header) => Buffer.from(header.slice("Basic ".length), "base64").toString().split(":")[1]);
    expect(tokens).toEqual([TOKEN, "second-token", "third-token", undefined]);
  });

  it("comes back later if Twilio refuses every token", async () => {
    const result = await fetchGiven([{ status: 401 }], accountWith(TOKEN, "second-token"));
    expect(result).toMatchObject({ kind: "retried", reason: "HTTP 401 from Twilio" });
    expect(endpoint.received).toHaveLength(2);
  });

  it.each([401, 403, 404, 408, 429, 500, 503])("tries again after %i", async (status) => {
    const reason = `HTTP ${status} from Twilio`;
    expect(await fetchGiven([{ status }])).toEqual({ kind: "retried", reason, afterMs: undefined });
    const later = { status, headers: { "retry-after": "9" } };
    expect(await fetchGiven([later])).toEqual({ kind: "retried", reason, afterMs: 9_000 });
  });

  it.each([
    ["an empty recording", { ...AUDIO, body: "" }],
    ["a cut connection", "cut"],
    ["a body that breaks off", { ...AUDIO, headers: { ...AUDIO.headers, "content-length": "10" }, body: "audio" }],
    ["silence", "silence"],
  ] as const)("tries again after %s", async (_what, answer) => {
    expect(await fetchGiven([answer], { timeoutMs: 300 })).toMatchObject({ kind: "retried" });
  });

  it("releases the recording when the handler stops", async () => {
    const stopping = new AbortController();
    const fetched = fetchGiven(["silence"], {}, stopping.signal);
    await eventually(() => expect(endpoint.received).toHaveLength(1));
    stopping.abort();
    expect(await fetched).toEqual({ kind: "released" });
  });
});

describe("a redirect", () => {
  it("is followed, and only the API gets the credentials", async () => {
    const answers = [redirect("/elsewhere"), redirect("https://media.twiliocdn.com/a?b=c", 302), AUDIO];
    expect(await fetchGiven(answers)).toMatchObject({ kind: "fetched" });
    expect(asked()).toEqual(["api.twilio.com", "api.twilio.com", "media.twiliocdn.com"]);
    expect(endpoint.received.map(({ target }) => target)).toEqual([PATH, "/elsewhere", "/a?b=c"]);
    expect(endpoint.received.map(({ headers }) => headers.authorization !== undefined)).toEqual([true, true, false]);
  });

  it("is followed at most three times", async () => {
    const again = redirect("https://media.twiliocdn.com/again");
    expect(await fetchGiven([again, again, again, AUDIO])).toMatchObject({ kind: "fetched" });
    endpoint.received.length = 0;
    expect(await fetchGiven([again])).toEqual({ kind: "failed", reason: "more than 3 redirects" });
    expect(endpoint.received).toHaveLength(4);
  });

  it("to a host outside Twilio is never followed", async () => {
    await fetchGiven([redirect("https://evil.example/x")]);
    expect(asked()).toEqual(["api.twilio.com"]);
  });
});
