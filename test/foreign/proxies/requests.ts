/** The kinds of request that every way to the handler must answer alike. */
import { CREDENTIALS, formWebhook, jsonWebhook, sign, type TestRequest } from "../../../handlers/testing/manifest.ts";
import { MAX_BODY_BYTES } from "../../../handlers/twilio/request.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { PENDING_PATH } from "../../../hub/testing/routes.ts";
import { manifestUrls } from "../../../hub/urls/urls.ts";
import { freshParameters, newWebhook, urlOf } from "../../support/handler/new-webhooks.ts";
import type { CurlRequest } from "./curl.ts";

/** A kind of request. */
export interface RequestKind {
  readonly name: string;
  readonly status: number;
  /** Whether it is stored. */
  readonly isStored: boolean;
  /** Makes a request of this kind. Those that are stored are each about another call or text. */
  make(): CurlRequest;
}

/** The table. */
export function requestKinds(manifest: Manifest): RequestKind[] {
  return [
    ...genuine(manifest),
    ...forwarded(manifest),
    ...refused(manifest),
    ...oddPaths(manifest),
    ...bodies(manifest),
  ];
}

/** A request that curl sends as it stands. */
export function asCurl({ target, method, headers, body }: TestRequest, more: CurlRequest["headers"] = []): CurlRequest {
  return { target, method, headers: [...Object.entries(headers), ...more], body };
}

function genuine(manifest: Manifest): RequestKind[] {
  const status = urlOf(manifest, "call-status");
  const call = urlOf(manifest, "inbound-call");
  const text = urlOf(manifest, "text-status");
  const repeated = asCurl(newWebhook(status));
  const delivered = manifestUrls(manifest).flatMap((url) =>
    url.deliveredAs.map((path) =>
      stored(`${url.url} as ${path}`, answeredWith(url.route.event), () => asCurl(newWebhook(url, path))),
    ),
  );
  const probe = { AccountSid: CREDENTIALS.accountSid, HubProbe: "0123456789abcdef".repeat(2) };
  return [
    ...delivered,
    stored("JSON", 204, () =>
      asCurl(jsonWebhook(text.url, JSON.stringify({ ...freshParameters("text-status"), Body: "👋" }))),
    ),
    stored("a turn of a call", 200, () => asCurl(formWebhook(`${call.url}?turn=2`, freshParameters("inbound-call")))),
    stored("a type in capitals", 204, () =>
      withType(newWebhook(status), "Application/X-WWW-Form-URLEncoded;CHARSET=utf-8"),
    ),
    stored("no type", 204, () => withType(newWebhook(status), "")),
    stored("sixty more headers", 204, () =>
      asCurl(
        newWebhook(status),
        Array.from({ length: 60 }, (_, index) => [`x-more-${index}`, "x".repeat(60)]),
      ),
    ),
    stored("headers that stand twice", 204, () =>
      asCurl(newWebhook(status), [
        ["x-twice", "a"],
        ["x-twice", "b"],
        ["cookie", "a=1"],
        ["cookie", "b=2"],
      ]),
    ),
    stored("a repeat", 204, () => repeated),
    { name: "the probe", status: 200, isStored: false, make: () => asCurl(formWebhook(status.url, probe)) },
  ];
}

/** Headers in which a client or a proxy names a host. The URL that is accepted never depends on them. */
function forwarded(manifest: Manifest): RequestKind[] {
  const text = urlOf(manifest, "inbound-text");
  const told: CurlRequest["headers"] = [
    ["host", "evil.example:8443"],
    ["x-forwarded-host", "evil.example"],
    ["x-forwarded-proto", "http"],
    ["x-forwarded-port", "8443"],
    ["x-forwarded-prefix", "/voice"],
    ["x-forwarded-for", "203.0.113.7, 127.0.0.1"],
    ["forwarded", "for=203.0.113.7;host=evil.example;proto=http"],
    ["x-original-url", "/voice/webhook"],
    ["x-rewrite-url", "/voice/webhook"],
    ["cf-connecting-ip", "203.0.113.7"],
    ["tailscale-user-login", "somebody@evil.example"],
  ];
  const forged = (origin: string) => () =>
    asCurl(formWebhook(`${origin}${text.route.path}`, freshParameters("inbound-text")), told);
  return [
    stored("headers about another host", 200, () => asCurl(newWebhook(text), told)),
    kind("signed for the host of the headers", 403, forged("https://evil.example")),
    kind("signed for http", 403, forged(`http://${new URL(text.url).host}`)),
  ];
}

function refused(manifest: Manifest): RequestKind[] {
  const call = urlOf(manifest, "inbound-call");
  const signature = (request: TestRequest) => request.headers["x-twilio-signature"] ?? "";
  const without = (request: TestRequest): TestRequest => ({
    ...request,
    headers: { "content-type": request.headers["content-type"] ?? "" },
  });
  const twice = newWebhook(call);
  return [
    kind("unsigned", 403, () => asCurl(without(newWebhook(call)))),
    kind("signed with another token", 403, () =>
      asCurl(without(newWebhook(call)), [["x-twilio-signature", sign(call.url, {}, "another-token")]]),
    ),
    kind("a signature that stands twice", 403, () => asCurl(twice, [["x-twilio-signature", signature(twice)]])),
    ...["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"].map((method) =>
      kind(method, 405, () => ({ ...asCurl(newWebhook(call)), method, body: undefined })),
    ),
    ...["PUT", "PATCH"].map((method) => kind(method, 405, () => ({ ...asCurl(newWebhook(call)), method }))),
    ...["text/plain", "multipart/form-data; boundary=x"].map((type) =>
      kind(type, 415, () => withType(newWebhook(call), type)),
    ),
  ];
}

const ODD_PATHS = [
  "/",
  PENDING_PATH,
  "/nowhere",
  "/voice/webhook/",
  "//voice/webhook",
  "/voice//webhook",
  "/voice/%77ebhook",
  "/voice%2fwebhook",
  "/voice/./webhook",
  "/voice/status/../webhook",
  "/Voice/Webhook",
  "/voice/webhook;a=b",
  "/voice/webhook%00",
  "/voice/webhook%20",
  "/voice/webhook%0d%0aX:%20y",
  `/${"x".repeat(6_000)}`,
];
const ODD_QUERIES = ["?", "?turn=%32", "?a=%27&b='", "?turn=2&turn=2", "?turn=2?", `?x=${"%41".repeat(1_500)}`];

function oddPaths(manifest: Manifest): RequestKind[] {
  const call = urlOf(manifest, "inbound-call");
  const shown = (target: string) =>
    target.length > 40 ? `${target.slice(0, 10)} and more, ${target.length} characters` : target;
  return [
    ...ODD_PATHS.map((target) =>
      kind(`the path ${shown(target)}`, target === "/" ? 403 : 404, () => asCurl({ ...newWebhook(call), target })),
    ),
    ...ODD_QUERIES.map((query) =>
      kind(`the signed query ${shown(query)}`, 403, () =>
        asCurl(formWebhook(`${call.url}${query}`, freshParameters("inbound-call"))),
      ),
    ),
  ];
}

function bodies(manifest: Manifest): RequestKind[] {
  const text = urlOf(manifest, "inbound-text");
  const sized = (length: number) => () => {
    const parameters = { ...freshParameters("inbound-text"), Body: "" };
    const bare = new URLSearchParams(parameters).toString().length;
    return asCurl(formWebhook(text.url, { ...parameters, Body: "x".repeat(length - bare) }));
  };
  return [
    stored("the longest body", 200, sized(MAX_BODY_BYTES)),
    kind("a body that is too long", 413, sized(MAX_BODY_BYTES + 1)),
    kind("an empty body", 403, () => ({ ...asCurl(newWebhook(text)), body: "" })),
    kind("no body", 403, () => ({ ...asCurl(newWebhook(text)), body: undefined })),
    stored("a body that stalls", 200, () => ({ ...asCurl(newWebhook(text)), pauseMs: 1_500 })),
    kind("a body that stalls for too long", 408, () => ({ ...asCurl(newWebhook(text)), pauseMs: 6_000 })),
  ];
}

function withType(request: TestRequest, type: string): CurlRequest {
  return asCurl({ ...request, headers: { ...request.headers, "content-type": type } });
}

function answeredWith(event: string): number {
  return event === "inbound-call" || event === "inbound-text" ? 200 : 204;
}

function kind(name: string, status: number, make: () => CurlRequest): RequestKind {
  return { name, status, isStored: false, make };
}

function stored(name: string, status: number, make: () => CurlRequest): RequestKind {
  return { name, status, isStored: true, make };
}
