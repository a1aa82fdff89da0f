import { describe, expect, test } from "vitest";
import type { Hosts } from "../config/keys.ts";
import { manifestWith } from "../testing/config.ts";
import { PENDING_PATH } from "../testing/routes.ts";
import { funnelDeliveries } from "./funnel-paths.ts";

const funnel = (prefix: Hosts["funnel"]["prefix"], mounts = ["/voice", "/sms"]) => ({
  ...manifestWith().hosts.funnel,
  prefix,
  mounts,
});

describe("the funnel delivers", () => {
  test.each([
    ["stripped", "/voice/status", ["/status"]],
    ["stripped", "/voice", ["/"]],
    ["whole", "/voice/status", ["/voice/status"]],
    ["whole", "/voice", ["/voice"]],
    ["unprobed", "/voice/status", ["/voice/status", "/status"]],
    ["unprobed", "/voice", ["/voice", "/"]],
  ] as const)("%s mounts: %s as %j", (prefix, path, expected) => {
    expect(funnelDeliveries(funnel(prefix), path)).toEqual(expected);
  });

  test.each(["/", PENDING_PATH, "/voicemail", "/voice-x/status", "/x/voice"])(
    "%s nowhere: no mount covers it",
    (path) => {
      expect(funnelDeliveries(funnel("unprobed"), path)).toEqual([]);
    },
  );

  test.each([[["/voice", "/voice/status"]], [["/voice/status", "/voice"]]])(
    "over the longest mount of %j",
    (mounts) => {
      expect(funnelDeliveries(funnel("stripped", mounts), "/voice/status/x")).toEqual(["/x"]);
      expect(funnelDeliveries(funnel("stripped", mounts), "/voice/webhook")).toEqual(["/webhook"]);
    },
  );
});
