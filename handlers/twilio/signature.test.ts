import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { describe, expect, it } from "vitest";
import { sign } from "../testing/manifest.ts";
import { isSignatureShaped, type SignatureAlgorithm, signedStringHash, verifySignature } from "./signature.ts";

/** The example from Twilio's security page and its libraries' tests. */
const DOCUMENTED = {
  secrets: ["12345"],
  algorithm: "HMAC_SHA1" as const,
  signature: "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
  urls: ["https://mycompany.com/myapp.php?foo=1&bar=2"],
  params: {
    CallSid: "CA1234567890ABCDE",
    Caller: "+14158675309",
    Digits: "1234",
    From: "+14158675309",
    To: "+18005551212",
  },
};
const URL = "https://webhook.reri.co/sms/webhook";
const TOKEN = "12345";
const BY_TOKEN = { secrets: [TOKEN], algorithm: "HMAC_SHA1" } as const;

const signedText = (url: string, text: string) => sign(`${url}${text}`, {}, TOKEN);

describe("verifySignature", () => {
  it("accepts Twilio's documented example", () => {
    expect(verifySignature(DOCUMENTED)).toEqual({ url: DOCUMENTED.urls[0] });
  });

  it.each<[string, Record<string, string | string[]>, string]>([
    ["no parameters", {}, ""],
    ["an empty value", { Body: "", From: "+1" }, "BodyFrom+1"],
    ["blanks around a value", { Body: " hello ", From: "\t" }, "Body hello From\t"],
    ["names in case-sensitive order", { a: "1", B: "2" }, "B2a1"],
    ["a list, deduplicated and sorted", { MediaUrl: ["b", "a", "b"] }, "MediaUrlaMediaUrlb"],
    ["text beyond ASCII", { Body: "¿Qué? 你好 👋" }, "Body¿Qué? 你好 👋"],
  ])("signs %s", (_what, params, text) => {
    const signature = signedText(URL, text);
    expect(verifySignature({ ...BY_TOKEN, signature, urls: [URL], params })).toEqual({ url: URL });
  });

  it.each([
    ["no signature", undefined],
    ["an empty signature", ""],
    ["a truncated signature", DOCUMENTED.signature.slice(0, -1)],
    ["a longer signature", `${DOCUMENTED.signature}=`],
    ["the same bits in another spelling", DOCUMENTED.signature.replace("8=", "9=")],
    ["a signature given twice", `${DOCUMENTED.signature}, ${DOCUMENTED.signature}`],
  ])("refuses %s", (_what, signature) => {
    expect(verifySignature({ ...DOCUMENTED, signature })).toBeUndefined();
  });

  it("accepts either token during a promotion, and no third", () => {
    const tried = (secrets: string[]) => verifySignature({ ...DOCUMENTED, secrets });
    expect(tried(["new", "12345"])).toBeDefined();
    expect(tried(["12345", "new"])).toBeDefined();
    expect(tried(["new", "newer"])).toBeUndefined();
  });

  it("names the candidate that verified", () => {
    const urls = ["https://webhook.reri.co/voice", ...DOCUMENTED.urls, "https://webhook.reri.co/sms"];
    expect(verifySignature({ ...DOCUMENTED, urls })).toEqual({ url: DOCUMENTED.urls[0] });
    expect(verifySignature({ ...DOCUMENTED, urls: [] })).toBeUndefined();
  });

  it.each([
    ["with a port", "https://mycompany.com:443/myapp.php?foo=1&bar=2"],
    ["with a trailing slash", "https://mycompany.com/myapp.php/?foo=1&bar=2"],
    ["with its query in another order", "https://mycompany.com/myapp.php?bar=2&foo=1"],
    ["over http", "http://mycompany.com/myapp.php?foo=1&bar=2"],
  ])("does not accept the signed URL %s", (_what, url) => {
    expect(verifySignature({ ...DOCUMENTED, urls: [url] })).toBeUndefined();
  });

  it("sorts and joins the parameters once for all candidates and tokens", () => {
    let read = 0;
    const params = new Proxy(DOCUMENTED.params, {
      ownKeys: (target) => {
        read += 1;
        return Reflect.ownKeys(target);
      },
    });
    const urls = ["https://webhook.reri.co/voice", "https://webhook.reri.co/sms", ...DOCUMENTED.urls];
    const request = { ...DOCUMENTED, secrets: ["new", "12345"], urls, params };
    expect(verifySignature(request)).toEqual({ url: DOCUMENTED.urls[0] });
    expect(read).toBe(1);
    expect(verifySignature({ ...request, signature: sign(URL) })).toBeUndefined();
    expect(read).toBe(2);
  });

  it("ignores a fragment, and returns the URL with it", () => {
    const url = `${DOCUMENTED.urls[0]}#rc=2&rp=4xx`;
    expect(verifySignature({ ...DOCUMENTED, urls: [url] })).toEqual({ url });
  });

  it.each([[[]], [[""]], [["12345", ""]]])("throws on the secrets %j", (secrets) => {
    expect(() => verifySignature({ ...DOCUMENTED, secrets })).toThrow(/auth token/);
  });
});

describe("verifySignature, with a JSON body", () => {
  const body = '{"AccountSid":"AC1"}';
  const hashed = (text: string) => `${URL}?x=1&bodySHA256=${createHash("sha256").update(text).digest("hex")}`;
  const verify = (url: string, text = body) =>
    verifySignature({ ...BY_TOKEN, signature: sign(url, {}, TOKEN), urls: [url], params: {}, body: text });

  it("accepts a body whose hash is in the signed URL", () => {
    expect(verify(hashed(body))).toEqual({ url: hashed(body) });
  });

  it("ignores parameters beside the body", () => {
    const url = hashed(body);
    const request = { ...BY_TOKEN, signature: sign(url, {}, TOKEN), urls: [url], params: { a: "b" }, body };
    expect(verifySignature(request)).toEqual({ url });
  });

  it("refuses another body, another hash, a cut hash, and a URL without a hash", () => {
    expect(verify(hashed(body), `${body} `)).toBeUndefined();
    expect(verify(hashed("{}"))).toBeUndefined();
    expect(verify(hashed(body).slice(0, -1))).toBeUndefined();
    expect(verify(`${URL}?x=1`)).toBeUndefined();
    expect(verify(URL)).toBeUndefined();
    expect(verify(`${URL}?bodySHA256=`)).toBeUndefined();
  });

  it("refuses a correct hash that is not signed", () => {
    const request = { ...BY_TOKEN, signature: sign(URL, {}, TOKEN), urls: [hashed(body)], params: {}, body };
    expect(verifySignature(request)).toBeUndefined();
  });
});

describe("verifySignature, over any request", () => {
  const segment = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const url = fc
    .tuple(segment, fc.array(segment, { maxLength: 4 }), fc.option(segment))
    .map(([host, path, query]) => `https://${host}.co/${path.join("/")}${query === null ? "" : `?q=${query}`}`);
  const params = fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,8}$/), fc.string({ unit: "grapheme" }), {
    noNullPrototype: true,
  });
  const algorithm = fc.constantFrom<SignatureAlgorithm>("HMAC_SHA1", "HMAC_SHA256");
  const request = fc.record({ url, params, secret: fc.string({ minLength: 1 }), algorithm });

  /** The text with the character at one place changed. */
  const changed = (text: string, at: number) => {
    const place = at % text.length;
    const other = text[place] === "x" ? "y" : "x";
    return `${text.slice(0, place)}${other}${text.slice(place + 1)}`;
  };

  it("accepts a signed request", () => {
    fc.assert(
      fc.property(request, ({ url, params, secret, algorithm }) => {
        const signature = sign(url, params, secret, algorithm);
        expect(verifySignature({ secrets: [secret], algorithm, signature, urls: [url], params })).toEqual({ url });
      }),
    );
  });

  it("refuses it if it was signed with the other algorithm", () => {
    fc.assert(
      fc.property(request, ({ url, params, secret, algorithm }) => {
        const other = algorithm === "HMAC_SHA1" ? "HMAC_SHA256" : "HMAC_SHA1";
        const signature = sign(url, params, secret, other);
        expect(verifySignature({ secrets: [secret], algorithm, signature, urls: [url], params })).toBeUndefined();
      }),
    );
  });

  it("refuses it if any character of the URL, a value, the secret or the signature is changed", () => {
    fc.assert(
      fc.property(request, fc.nat(), ({ url, params, secret, algorithm }, at) => {
        const signature = sign(url, params, secret, algorithm);
        const signed = { secrets: [secret], algorithm, signature, urls: [url], params };
        expect(verifySignature({ ...signed, urls: [changed(url, at)] })).toBeUndefined();
        expect(verifySignature({ ...signed, secrets: [changed(secret, at)] })).toBeUndefined();
        expect(verifySignature({ ...signed, signature: changed(signature, at) })).toBeUndefined();
        for (const [name, value] of Object.entries(params)) {
          if (value === "") continue;
          expect(verifySignature({ ...signed, params: { ...params, [name]: changed(value, at) } })).toBeUndefined();
        }
      }),
    );
  });

  it("refuses it with a parameter added or removed", () => {
    fc.assert(
      fc.property(request, fc.string(), ({ url, params, secret, algorithm }, value) => {
        const signature = sign(url, params, secret, algorithm);
        const signed = { secrets: [secret], algorithm, signature, urls: [url] };
        expect(verifySignature({ ...signed, params: { ...params, LongerThanAny: value } })).toBeUndefined();
        for (const name of Object.keys(params)) {
          const { [name]: _left, ...fewer } = params;
          expect(verifySignature({ ...signed, params: fewer })).toBeUndefined();
        }
      }),
    );
  });

  it("agrees with Twilio's library", () => {
    const lists = fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: "grapheme" }), fc.array(fc.string())));
    fc.assert(
      fc.property(url, lists, fc.string({ minLength: 1 }), algorithm, (signedUrl, given, secret, by) => {
        const signature = getExpectedTwilioSignature(secret, signedUrl, given, by);
        const signed = { secrets: [secret], algorithm: by, signature, urls: [signedUrl], params: given };
        expect(verifySignature(signed)).toEqual({ url: signedUrl });
      }),
    );
  });

  it("cannot tell a moved border, which is why names are checked afterwards", () => {
    const signature = signedText(URL, "/statusAccountSidAC1");
    const moved = { ...BY_TOKEN, signature, urls: [URL], params: { "/statusAccountSid": "AC1" } };
    expect(verifySignature(moved)).toEqual({ url: URL });
  });
});

describe("signedStringHash", () => {
  const params = fc.dictionary(
    fc.string({ unit: "binary" }),
    fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 1 })),
  );

  it("is the hash of the string that Twilio's library signs", () => {
    fc.assert(
      fc.property(params, (given) => {
        const signed = signedTextOf(URL, given);
        expect(signedStringHash({ url: `${URL}#rc=2`, params: given })).toBe(sha256(signed));
        const signature = createHmac("sha1", TOKEN).update(signed).digest("base64");
        expect(verifySignature({ ...BY_TOKEN, signature, urls: [URL], params: given })).toEqual({ url: URL });
      }),
    );
  });

  it("is the same after borders were moved", () => {
    const status = { url: "https://webhook.reri.co/voice/status", params: { AccountSid: "AC1" } };
    const moved = { url: "https://webhook.reri.co/voice", params: { "/statusAccountSid": "AC1" } };
    const valueMoved = { url: status.url, params: { AccountSidAC: "1" } };
    const hashes = [status, moved, valueMoved].map((signed) => signedStringHash(signed));
    expect(new Set(hashes).size).toBe(1);
    expect(signedStringHash({ ...status, params: { AccountSid: "AC2" } })).not.toBe(hashes[0]);
  });

  /** The signed string, exactly as Twilio describes it. */
  function signedTextOf(url: string, given: Record<string, string | string[]>) {
    const names = Object.keys(given).sort();
    const values = (name: string) => [...new Set([given[name] ?? []].flat())].sort();
    return names.reduce(
      (text, name) =>
        text +
        values(name)
          .map((value) => name + value)
          .join(""),
      url,
    );
  }

  function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
  }
});

describe("isSignatureShaped", () => {
  it("is true of every signature of its algorithm, and of none of the other", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (url, secret) => {
        const [short, long] = [sign(url, {}, secret), sign(url, {}, secret, "HMAC_SHA256")];
        const shapes = [short, long].map((given) => [
          isSignatureShaped(given, "HMAC_SHA1"),
          isSignatureShaped(given, "HMAC_SHA256"),
        ]);
        expect(shapes).toEqual([
          [true, false],
          [false, true],
        ]);
      }),
    );
  });

  const LONG = sign(URL, {}, TOKEN, "HMAC_SHA256");
  const spoiled = (signature: string) => [
    signature.slice(0, -1),
    signature.slice(1),
    `${signature}=`,
    `${signature}\n`,
    ` ${signature}`,
    signature.replace(/.=$/, "B="),
    signature.replace(/=$/, "A"),
    signature.replace(/[/+]/, "_"),
    `${signature}, ${signature}`,
  ];

  it.each([undefined, "", "x", ...spoiled(DOCUMENTED.signature), ...spoiled(LONG)])("is false of %j", (signature) => {
    expect(isSignatureShaped(signature, "HMAC_SHA1")).toBe(false);
    expect(isSignatureShaped(signature, "HMAC_SHA256")).toBe(false);
  });

  it("compares signatures that have a slash or a plus, so that the spoiled ones differ", () => {
    for (const signature of [DOCUMENTED.signature, LONG]) expect(spoiled(signature)).not.toContain(signature);
  });
});
