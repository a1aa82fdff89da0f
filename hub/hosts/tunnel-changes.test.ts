import { expect, test } from "vitest";
import { CATCH_ALL } from "./ingress.ts";
import { liveTunnel, type RawConfig } from "./live-config.ts";
import { changeLines } from "./tunnel-changes.ts";

const OWN = { hostname: "webhook.reri.co", path: "^/voice$", service: "http://127.0.0.1:18797" };
const FORMS = { hostname: "forms.reri.co", service: "http://10.0.0.9:18797", originRequest: { noTLSVerify: true } };
const LAST = { ...CATCH_ALL };
const lines = (before: RawConfig, after: RawConfig) =>
  changeLines(liveTunnel({ version: 1, config: before }), liveTunnel({ version: 2, config: after }));

test.each<[what: string, before: RawConfig, after: RawConfig, expected: string[]]>([
  [
    "a rule that came",
    { ingress: [OWN, LAST] },
    { ingress: [FORMS, OWN, LAST] },
    ['  + hostname forms.reri.co, path (any), service http://10.0.0.9:18797, originRequest {"noTlsVerify":true}'],
  ],
  [
    "a rule with another path",
    { ingress: [OWN, LAST] },
    { ingress: [{ ...OWN, path: "^/call$" }, LAST] },
    [
      "  - hostname webhook.reri.co, path ^/voice$, service http://127.0.0.1:18797",
      "  + hostname webhook.reri.co, path ^/call$, service http://127.0.0.1:18797",
    ],
  ],
  [
    "parts beside the rules",
    { ingress: [LAST], originRequest: { caPool: "/a" } },
    { ingress: [LAST], "warp-routing": { enabled: true } },
    ['  - originRequest {"caPool":"/a"}', '  + warp-routing {"enabled":true}'],
  ],
  [
    "another spelling of the same",
    { ingress: [OWN, LAST], originRequest: {} },
    {
      ingress: [
        { ...OWN, originRequest: { access: null } },
        { ...LAST, path: "" },
      ],
      "warp-routing": { enabled: false },
    },
    [],
  ],
])("the changes are lines: %s", (_what, before, after, expected) => {
  expect(lines(before, after)).toEqual(expected);
});
