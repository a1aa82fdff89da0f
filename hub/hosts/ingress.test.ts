import { describe, expect, test } from "vitest";
import { manifestWith } from "../testing/config.ts";
import { PENDING_PATH, TEST_ROUTES } from "../testing/routes.ts";
import { ROUTES } from "../urls/routes.ts";
import { CATCH_ALL, hubService, type IngressRule, ingressRules } from "./ingress.ts";

const HOST = "webhook.reri.co";
const manifest = manifestWith({}, TEST_ROUTES);
const [voice] = ingressRules(manifest).filter(({ path }) => path === "^/voice$");
const HUBSPOT: IngressRule = { hostname: HOST, path: "^/hubspot/", service: "http://localhost:18790" };

describe("the tunnel's ingress", () => {
  test("holds the hub's routed paths in the table's order, then the siblings' rules verbatim, then the catch-all", () => {
    const routed = ROUTES.filter(({ status }) => status !== "pending");
    const own = routed.map(({ path }) => ({ hostname: HOST, path: `^${path}$`, service: "http://127.0.0.1:18797" }));
    expect(ingressRules(manifest)).toEqual([...own, HUBSPOT, CATCH_ALL]);
  });

  test("has no rule for a pending route", () => {
    expect(ingressRules(manifest).some(({ path }) => path?.includes(PENDING_PATH))).toBe(false);
  });

  test.each(["/openphone/voice", "/voice/", "/voicemail", "/voice/webhook", "//voice", "/voice\n"])(
    "does not take %j for /voice",
    (path) => {
      expect(new RegExp(voice?.path ?? "").test(path)).toBe(false);
    },
  );

  test("takes /voice for /voice", () => {
    expect(new RegExp(voice?.path ?? "nothing").test("/voice")).toBe(true);
  });

  test("adds no path to a sibling's rule without one", () => {
    const rules = ingressRules(manifestWith({ "siblings.0.rules.0.path": undefined }));
    expect(rules.at(-2)).toEqual({ hostname: HOST, service: "http://localhost:18790" });
    expect(Object.keys(rules.at(-2) ?? {})).not.toContain("path");
  });

  test("sends the hub's requests to the handler's port", () => {
    expect(hubService(manifestWith({ "handler.port": 18800 }))).toBe("http://127.0.0.1:18800");
  });

  test("has only one rule without host and path, the last one", () => {
    const open = ingressRules(manifest).filter(({ hostname, path }) => hostname === undefined && path === undefined);
    expect(open).toEqual([CATCH_ALL]);
    expect(ingressRules(manifest).at(-1)).toEqual(CATCH_ALL);
  });
});
