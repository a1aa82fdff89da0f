import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LAST_TURN, turnOf, turnOfEvent, turnUrl } from "./turn.ts";

const VOICE = "https://webhook.reri.co/voice/webhook";
const HASH = `bodySHA256=${"0123456789abcdef".repeat(4)}`;
const queryOf = (url: string) => url.slice(VOICE.length);

describe("turnOf", () => {
  it.each([
    ["", 0],
    ["?turn=1", 1],
    ["?turn=10", 10],
    ["?turn=99", 99],
  ])("reads %j as turn %i", (query, turn) => expect(turnOf(query)).toBe(turn));

  it.each([
    [`?${HASH}`, 0],
    [`?turn=1&${HASH}`, 1],
    [`?turn=99&${HASH}`, 99],
  ])("reads %s of a JSON body as turn %i", (query, turn) => {
    expect(turnOf(query, "json")).toBe(turn);
    expect(turnOf(query)).toBeUndefined();
  });

  it.each([
    "?",
    "?turn=",
    "?turn=0",
    "?turn=01",
    "?turn=100",
    "?turn=-1",
    "?turn=1.0",
    "?turn=1e1",
    "?turn=+1",
    "?turn=%31",
    "?turn=１",
    "?turn=1\n",
    "?turn=1&",
    "?turn=1#",
    "?turn=1&turn=2",
    "?turn=1&x=2",
    "?x=2&turn=1",
    "?Turn=1",
    "turn=1",
    "??turn=1",
    "?turn=1AccountSidAC00000000000000000000000000000001",
  ])("refuses %j", (query) => {
    expect(turnOf(query)).toBeUndefined();
    expect(turnOf(query, "json")).toBeUndefined();
  });

  it.each([
    "",
    "?turn=1",
    "?bodySHA256=",
    `?${HASH}0`,
    `?${HASH.slice(0, -1)}`,
    `?${HASH.toUpperCase()}`,
    `?${HASH}&turn=1`,
    `?${HASH}&${HASH}`,
    `?turn=0&${HASH}`,
    `?turn=1&turn=1&${HASH}`,
    `?&${HASH}`,
    `${HASH}`,
  ])("refuses %j of a JSON body", (query) => expect(turnOf(query, "json")).toBeUndefined());

  it("refuses every query that a border was moved into", () => {
    const turn = fc.integer({ min: 1, max: LAST_TURN });
    const moved = fc.stringMatching(/^[A-Za-z&=#%. ][A-Za-z0-9&=+]*$/);
    fc.assert(fc.property(turn, moved, (n, text) => turnOf(`?turn=${n}${text}`) === undefined));
  });
});

describe("turnUrl", () => {
  it("is read back as its turn, and differs for each turn", () => {
    const turns = Array.from({ length: LAST_TURN }, (_, index) => index + 1);
    const urls = turns.map((turn) => turnUrl(VOICE, turn));
    expect(urls.map((url) => turnOf(queryOf(url)))).toEqual(turns);
    expect(new Set(urls).size).toBe(LAST_TURN);
  });

  it.each([0, 100, -1, 1.5, Number.NaN])("throws for turn %d", (turn) => {
    expect(() => turnUrl(VOICE, turn)).toThrow(RangeError);
  });
});

describe("turnOfEvent", () => {
  it("is the failed turn that `ErrorUrl` names", () => {
    expect(turnOfEvent(0, { ErrorCode: "11200", ErrorUrl: turnUrl(VOICE, 2) })).toBe(2);
  });

  it.each([
    ["no error", {}],
    ["the first turn that failed", { ErrorUrl: VOICE }],
    ["a query that is not the hub's", { ErrorUrl: `${VOICE}?turn=1&x=2` }],
    ["two errors", { ErrorUrl: [turnUrl(VOICE, 1), turnUrl(VOICE, 2)] }],
  ])("is 0 with %s", (_what, parameters) => expect(turnOfEvent(0, parameters)).toBe(0));

  it("is the query's own turn if it has one", () => {
    expect(turnOfEvent(3, { ErrorUrl: turnUrl(VOICE, 2) })).toBe(3);
  });
});
