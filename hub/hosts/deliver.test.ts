import { describe, expect, test } from "vitest";
import { type Changes, manifestWith } from "../testing/config.ts";
import { PENDING_PATH, TEST_ROUTES } from "../testing/routes.ts";
import { deliver } from "./deliver.ts";

const CANONICAL = "https://webhook.reri.co";
const FUNNEL = "https://srv1347501.tailb025a7.ts.net";
const delivered = (url: string, changes: Changes = {}) => deliver(manifestWith(changes, TEST_ROUTES), url);

describe("the tunnel", () => {
  test.each(["/voice", "/voice/webhook", "/sms/status"])("delivers %s unchanged", (path) => {
    expect(delivered(`${CANONICAL}${path}`)).toEqual([path]);
  });

  test.each(["/", "/voice/", "/openphone/voice", "/voice/webhook/x", PENDING_PATH, "/hubspot/voice"])(
    "does not deliver %s to the hub",
    (path) => {
      expect(delivered(`${CANONICAL}${path}`)).toEqual([]);
    },
  );

  test.each(["/%76oice", "/voice%2Fwebhook", "/%73ms/status"])("delivers the encoded path %s unchanged", (path) => {
    expect(delivered(`${CANONICAL}${path}`)).toEqual([path]);
  });

  test.each(["/%", "/%zz", "/voice%0A", "/voice%FF", "/voice%252Fwebhook"])(
    "does not deliver %s to the hub",
    (path) => {
      expect(delivered(`${CANONICAL}${path}`)).toEqual([]);
    },
  );

  test("delivers no path of another host name", () => {
    expect(delivered("https://other.reri.co/voice")).toEqual([]);
  });

  test("delivers the hub's own paths to the hub even if a sibling claims the whole host", () => {
    const changes = { "siblings.0.rules.0.path": undefined };
    expect(delivered(`${CANONICAL}/voice`, changes)).toEqual(["/voice"]);
    expect(delivered(`${CANONICAL}/other`, changes)).toEqual([]);
  });
});

describe("the funnel", () => {
  test.each([
    ["stripped", "/voice/status", ["/status"]],
    ["stripped", "/voice", ["/"]],
    ["stripped", "/voice/", ["/"]],
    ["whole", "/voice/status", ["/voice/status"]],
    ["unprobed", "/sms", ["/", "/sms"]],
  ])("with mounts that are %s delivers %s as %j", (prefix, path, expected) => {
    expect(delivered(`${FUNNEL}${path}`, { "hosts.funnel.prefix": prefix })).toEqual(expected);
  });

  test.each(["/", "/voicemail", PENDING_PATH])("does not deliver %s, which no mount covers", (path) => {
    expect(delivered(`${FUNNEL}${path}`)).toEqual([]);
  });

  test("cuts off only the longest mount", () => {
    const changes = {
      "hosts.funnel.mounts": ["/voice", "/voice/status"],
      "hosts.funnel.prefix": "stripped",
      "hosts.funnel.registerFallback": false,
    };
    expect(delivered(`${FUNNEL}/voice/status/x`, changes)).toEqual(["/x"]);
  });
});

test.each(["?turn=1", "?", "?a=%27b'c&&d", "?x=/y?z"])("the query %s travels verbatim over both hosts", (query) => {
  expect(delivered(`${CANONICAL}/voice${query}`)).toEqual([`/voice${query}`]);
  expect(delivered(`${FUNNEL}/voice${query}`, { "hosts.funnel.prefix": "stripped" })).toEqual([`/${query}`]);
});

test("a fragment never leaves the caller", () => {
  expect(delivered(`${CANONICAL}/voice?a=1#rc=2`)).toEqual(["/voice?a=1"]);
  expect(delivered(`${CANONICAL}/voice#rc=2?a=1`)).toEqual(["/voice"]);
});
