import fc from "fast-check";
import { expect, test } from "vitest";
import { deliver } from "../../hub/hosts/deliver.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { loopbackConfig } from "../testing.ts";
import { Funnel, type FunnelPrefix } from "./funnel.ts";

const ORIGIN = "http://127.0.0.1:18797";
const funnel = (prefix: FunnelPrefix, paths = ["/voice", "/sms"]) =>
  new Funnel("srv1347501.tailb025a7.ts.net", ORIGIN, paths, prefix);

test.each([
  ["/voice", "/", "/voice"],
  ["/voice/", "/", "/voice/"],
  ["/voice/status", "/status", "/voice/status"],
  ["/voice//x", "//x", "/voice//x"],
  ["/sms/a%2Fb", "/a%2Fb", "/sms/a%2Fb"],
])("%s is delivered as %s with the prefix stripped, and as %s with the prefix whole", (path, stripped, whole) => {
  expect(funnel("stripped").route(path)).toEqual({ origin: ORIGIN, path: stripped });
  expect(funnel("whole").route(path)).toEqual({ origin: ORIGIN, path: whole });
});

test.each(["/", "/voicemail", "/other/voice", "/voice/../other", "//voice", "/x/../voice"])(
  "%s is under no mount",
  (path) => {
    expect(funnel("stripped").route(path)).toBeUndefined();
  },
);

test("the deepest mount handles a path, and a mount on the root handles the rest", () => {
  const nested = funnel("stripped", ["/", "/voice", "/voice/status"]);
  expect(nested.route("/voice/status/x")?.path).toBe("/x");
  expect(nested.route("/voice/x")?.path).toBe("/x");
  expect(nested.route("/other")?.path).toBe("/other");
});

test("the prefix can be switched", () => {
  const switched = funnel("stripped");
  switched.setPrefix("whole");
  expect(switched.mounts).toContainEqual({ path: "/voice", target: `${ORIGIN}/voice` });
  expect(switched.route("/voice/status")?.path).toBe("/voice/status");
});

test("the hub's model of the funnel agrees with this one", () => {
  const config = loopbackConfig(18797);
  const segment = fc.constantFrom("voice", "sms", "status", "voicemail", "");
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 4 }), fc.constantFrom("stripped", "whole"), (segments, prefix) => {
      const path = `/${segments.join("/")}`;
      // The hub's model accepts URLs as they are registered at Twilio, so without empty segments at the front.
      fc.pre(!path.startsWith("//"));
      const hosts = { ...config.hosts, funnel: { ...config.hosts.funnel, prefix } };
      const manifest = buildManifest({ ...config, hosts });
      const delivered = funnel(prefix).route(path);
      expect(deliver(manifest, `${hosts.funnel.url}${path}`)).toEqual(delivered ? [delivered.path] : []);
    }),
  );
});
