import { describe, expect, test } from "vitest";
import type { z } from "zod";
import {
  CalendarDate,
  CampaignSid,
  CloudflareId,
  E164,
  expected,
  expectedUnshown,
  FilePath,
  HttpsOrigin,
  IngressHostname,
  IngressService,
  LoopbackUrl,
  OpReference,
  PhoneNumberSid,
  PlainText,
  Port,
  sid,
  sidPattern,
  TunnelId,
  UrlPath,
} from "./values.ts";

const HEX = "0123456789abcdef0123456789abcdef";
const UUID = "6ff42ae2-765d-4adf-8112-31c55c1551ef";

interface Values {
  readonly schema: z.ZodType;
  readonly accepts: readonly unknown[];
  readonly refuses: readonly unknown[];
}

const VALUES: Readonly<Record<string, Values>> = {
  E164: {
    schema: E164,
    accepts: ["+19497798471", "+4930123456", "+123456789012345"],
    refuses: ["19497798471", "+0949779847", "+1 (949) 779-8471", "+1234567890123456", "+123456", 19497798471],
  },
  PhoneNumberSid: {
    schema: PhoneNumberSid,
    accepts: [`PN${HEX}`],
    refuses: [HEX, `PN${HEX}0`, `PN${HEX.slice(1)}`, `PN${HEX.toUpperCase()}`, `QE${HEX}`, ` PN${HEX}`, `PN${HEX}\n`],
  },
  CampaignSid: { schema: CampaignSid, accepts: [`QE${HEX}`], refuses: [`PN${HEX}`, `QE${HEX.slice(1)}`, "QE"] },
  OpReference: {
    schema: OpReference,
    accepts: [
      "op://Aurora/twilio/auth-token",
      "op://My vault/twilio/section 1/auth_token",
      "op://Aurora/ssh key/private key?ssh-format=openssh",
    ],
    refuses: [
      HEX,
      "op://a/b/c?attribute=otp",
      "op://a/b/c?ssh-format=pkcs8",
      "op://a/b/c?ssh-format=openssh&x",
      "op://a/b?ssh-format=openssh",
      "op://Aurora/twilio",
      "op://a/b/c/d/e",
      "op://a/b/$(id)",
      "op://a//c",
      "Op://a/b/c",
      "op://a/b/c\n",
    ],
  },
  HttpsOrigin: {
    schema: HttpsOrigin,
    accepts: ["https://webhook.reri.co", "https://srv1347501.tailb025a7.ts.net"],
    refuses: [
      "https://webhook.reri.co/",
      "https://webhook.reri.co/voice",
      "https://webhook.reri.co:443",
      "https://webhook.reri.co?x=1",
      "https://webhook.reri.co#x",
      "https://me@webhook.reri.co",
      "https://Webhook.reri.co",
      "http://webhook.reri.co",
      "https://localhost",
      "webhook.reri.co",
      "/voice",
    ],
  },
  IngressHostname: {
    schema: IngressHostname,
    accepts: ["webhook.reri.co", "*.reri.co"],
    refuses: ["localhost", "*", "*reri.co", "a.*.co", "-a.co", "a_b.co", "a..co"],
  },
  IngressService: {
    schema: IngressService,
    accepts: [
      "http://localhost:18790",
      "http://localhost",
      "http://[::1]:18790",
      "unix:/run/a.sock",
      "unix+tls:/run/a b.sock",
      "http_status:403",
      "http_status:999",
      "hello_world",
      "hello-world",
      "socks-proxy",
      "bastion",
      "ws://localhost:18790",
      "ftp://a:21",
    ],
    refuses: [
      ...["localhost:18790", "http://localhost:18790/", "http://a:b@localhost", "http://:18790", "http://", "unix:"],
      ...["http_status:99", "http_status:099", "http_status:1000", "http_status:abc", "hello", "Bastion", "socks"],
    ],
  },
  UrlPath: {
    schema: UrlPath,
    accepts: ["/voice", "/voice/recording-complete"],
    refuses: ["", "/", "voice", "/voice/", "//voice", "/Voice", "/voice.x", "/voice?x", "/-voice", "/.*"],
  },
  CalendarDate: {
    schema: CalendarDate,
    accepts: ["2026-05-03"],
    refuses: ["2026-02-30", "2026-5-3", "03.05.2026", "2026-05-03T00:00:00Z", new Date(0)],
  },
  Port: { schema: Port, accepts: [1, 18797, 65535], refuses: [0, 65536, 1.5, "18797", -1] },
  FilePath: {
    schema: FilePath,
    accepts: ["/opt/twilio-hub/gate", "gate", ".hub/gate"],
    refuses: ["", "/", "/opt//gate", "/opt/./gate", "/opt/../gate", "./gate", "../gate", "/opt/gate/", 7],
  },
  PlainText: { schema: PlainText, accepts: ["Henry Hill"], refuses: ["", " ", "\t\n", 7] },
  CloudflareId: { schema: CloudflareId, accepts: [HEX], refuses: [HEX.slice(1), HEX.toUpperCase(), `${HEX}0`] },
  TunnelId: { schema: TunnelId, accepts: [UUID], refuses: [HEX, UUID.toUpperCase(), `${UUID}0`] },
  LoopbackUrl: {
    schema: LoopbackUrl,
    accepts: ["http://127.0.0.1:18980", "http://127.0.0.1:18980/client/v4"],
    refuses: [
      "http://127.0.0.1:18980/",
      "http://localhost:18980",
      "http://127.0.0.1.evil.co:1",
      "https://api.twilio.com",
    ],
  },
};

for (const [name, { schema, accepts, refuses }] of Object.entries(VALUES)) {
  describe(name, () => {
    test.each(accepts.map((value) => [value]))("accepts %j", (value) => {
      expect(schema.safeParse(value)).toEqual({ success: true, data: value });
    });
    test.each(refuses.map((value) => [value]))("refuses %j", (value) => {
      expect(schema.safeParse(value).success).toBe(false);
    });
    test("reports a missing value", () => {
      expect(messageOf(schema, undefined)).toBe("missing");
    });
  });
}

test("an error names a missing value, and shows a wrong one only if it may", () => {
  expect([expected("a user")({}), expectedUnshown("a user")({})]).toEqual(["missing", "missing"]);
  expect(expected("a user")({ input: 7 })).toBe("expected a user; found 7");
  expect(expectedUnshown("a user")({ input: 7 })).toBe("expected a user");
});

test("a SID is its prefix and 32 lower-case hex digits", () => {
  expect(sidPattern("CA").test(`CA${HEX}`)).toBe(true);
  for (const other of [HEX, `SM${HEX}`, `CA${HEX}0`, `xCA${HEX}`, `CA${HEX.toUpperCase()}`, `CA${HEX}\n`]) {
    expect(sidPattern("CA").test(other)).toBe(false);
  }
  expect(messageOf(sid("CA", "a call"), "CA7")).toBe(
    'expected a call SID: CA and 32 lower-case hex digits; found "CA7"',
  );
});

test("a message shows the value found", () => {
  expect(messageOf(E164, "9497798471")).toContain('found "9497798471"');
  expect(messageOf(PhoneNumberSid, `PN${HEX.toUpperCase()}`)).toContain("PN0123");
});

const SECRETS: readonly (readonly [what: string, value: string, secret: string])[] = [
  ["an auth token", HEX, HEX],
  ["a token with punctuation", "xoxb-1234_5678+90ab/cdef==", "5678"],
  ["a token inside other text", `Bearer ${HEX}`, HEX],
  ["a password in a URL", "https://henry:hunter2@webhook.reri.co", "hunter2"],
  ["a short secret in a URL's query", "https://webhook.reri.co/salesmsg?secret=hunter2", "hunter2"],
];

describe.each(SECRETS)("%s never appears in a message", (_what, value, secret) => {
  test.each(Object.keys(VALUES))("of %s", (name) => {
    const schema = VALUES[name]?.schema;
    for (const input of [value, [value], { value }]) {
      expect(schema === undefined ? "no schema" : (messageOf(schema, input) ?? "")).not.toContain(secret);
    }
  });
});

test("an op reference's message shows no value at all, however short", () => {
  expect(messageOf(OpReference, "hunter2")).not.toContain("hunter2");
  expect(messageOf(OpReference, 2468)).not.toContain("2468");
});

function messageOf(schema: z.ZodType, value: unknown): string | undefined {
  return schema.safeParse(value).error?.issues[0]?.message;
}
