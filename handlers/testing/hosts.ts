/** The app on each of its hosts, called in the same way, for tests that compare the hosts. */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { createLambdaHandler } from "../hosts/lambda.ts";
import { headersOf } from "../twilio/answer.ts";
import type { Delivered } from "../twilio/request.ts";
import { SIGNATURE_SETTINGS_HEADER } from "../twilio/signature-settings.ts";
import type { App } from "../webhook/app.ts";
import type { TestRequest } from "./manifest.ts";

/** An answer as the client sees it. */
export interface TestAnswer {
  readonly status: number;
  readonly type: string | undefined;
  readonly allow: string | undefined;
  readonly body: string;
}

/** Sends a request to a host. */
export type Send = (request: TestRequest) => Promise<TestAnswer>;

/** Sends requests directly to the app, as a host does. */
export function sendToApp(app: App): Send {
  return async (request) => {
    const given = await app(deliveredOf(request));
    return answer(given.status, headersOf(given), given.body);
  };
}

/** A request as a host passes it to the app. */
export function deliveredOf({ target, method, headers, body }: TestRequest): Delivered {
  return {
    target,
    method,
    contentType: headers["content-type"],
    signature: headers["x-twilio-signature"],
    signatureSettings: headers[SIGNATURE_SETTINGS_HEADER],
    contentLength: headers["content-length"],
    readBody: async (maxBytes) => {
      const bytes = Buffer.from(body ?? "");
      return bytes.length > maxBytes ? "long" : bytes;
    },
    requestId: "test",
    arrivedAt: performance.now(),
  };
}

/** Sends requests over a socket, with the target and the headers (including `Host`) exactly as given. */
export function sendToServer(port: number): Send {
  return async ({ target, body, method, headers }) => {
    const outgoing = httpRequest({ port, host: "127.0.0.1", path: target, method, headers, agent: false });
    outgoing.end(body);
    const incoming = await responseTo(outgoing);
    return answer(incoming.statusCode ?? 0, incoming.headers, await text(incoming));
  };
}

/** Sends requests as API Gateway does, with the body in base64. */
export function sendToLambda(app: App, stage = "$default"): Send {
  const handler = createLambdaHandler(async () => app);
  return async (request) => {
    const { statusCode, headers, body } = await handler(lambdaEvent(request, stage));
    return answer(statusCode ?? 0, headers ?? {}, body ?? "");
  };
}

/** The headers that API Gateway adds, and those that Twilio sends in addition to the signature. */
const GATEWAY_HEADERS = {
  accept: "*/*",
  host: "test.execute-api.us-east-1.amazonaws.com",
  "i-twilio-idempotency-token": "a5ba7e0e-e1c4-4b4a-9e0e-3f6f3f7c1c55",
  "user-agent": "TwilioProxy/1.1",
  "x-amzn-trace-id": "Root=1-68000000-000000000000000000000000",
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-port": "443",
  "x-forwarded-proto": "https",
};

/** The Lambda event of a request, in payload format 2.0. */
export function lambdaEvent({ target, method, headers, body }: TestRequest, stage: string): APIGatewayProxyEventV2 {
  const [path = "", query = ""] = target.split("?", 2);
  const rawPath = stage === "$default" ? path : `/${stage}${path}`;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: query,
    cookies: ["session=1", "theme=dark"],
    headers: { ...GATEWAY_HEADERS, ...headers },
    requestContext: {
      accountId: "000000000000",
      apiId: "test",
      domainName: "test.execute-api.us-east-1.amazonaws.com",
      domainPrefix: "test",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test" },
      requestId: "test",
      routeKey: "$default",
      stage,
      time: "03/May/2026:00:00:00 +0000",
      timeEpoch: 0,
    },
    ...(body !== undefined && { body: Buffer.from(body).toString("base64") }),
    isBase64Encoded: true,
  };
}

function responseTo(outgoing: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
  return once(outgoing, "response").then(([incoming]) => incoming);
}

type Headers = Readonly<Record<string, string | string[] | number | boolean | undefined>>;

function answer(status: number, headers: Headers, body: string): TestAnswer {
  const header = (name: string) => (headers[name] === undefined ? undefined : String(headers[name]));
  return { status, type: header("content-type"), allow: header("allow"), body };
}
