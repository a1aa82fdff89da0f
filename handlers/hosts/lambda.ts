/**
 * The Lambda host of the app: an HTTP API of API Gateway, or a function URL, with payload format 2.0.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { flushLog, logError } from "../log/log.ts";
import { type Answer, FAILED, headersOf } from "../twilio/answer.ts";
import type { BodyProblem, Delivered } from "../twilio/request.ts";
import { SIGNATURE_SETTINGS_HEADER } from "../twilio/signature-settings.ts";
import type { App } from "../webhook/app.ts";

/** Answers one event, like an `APIGatewayProxyHandlerV2`. */
export type LambdaHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * The Lambda handler of an app. It does not throw: an error is logged and answered with 500 and an empty body.
 *
 * @param loadApp returns the app; it is called for each event, so it should keep the app that it made
 */
export function createLambdaHandler(loadApp: () => Promise<App>): LambdaHandler {
  return async (event) => {
    const delivered = deliveredOf(event);
    try {
      const app = await loadApp();
      return resultOf(await app(delivered));
    } catch (error) {
      logError("uncaught error", error, { requestId: delivered.requestId });
      return resultOf(FAILED);
    } finally {
      // Lambda freezes the process between two events.
      await flushLog();
    }
  };
}

function deliveredOf(event: APIGatewayProxyEventV2): Delivered {
  return {
    target: targetOf(event),
    method: event.requestContext.http.method,
    // API Gateway passes header names in lower case, and joins the values of a repeated header with commas.
    contentType: event.headers["content-type"],
    signature: event.headers["x-twilio-signature"],
    signatureSettings: event.headers[SIGNATURE_SETTINGS_HEADER],
    contentLength: event.headers["content-length"],
    readBody: async (maxBytes) => bodyOf(event, maxBytes),
    requestId: event.requestContext.requestId,
    arrivedAt: performance.now(),
  };
}

/** The body. Its length is compared before it is decoded. */
function bodyOf({ body = "", isBase64Encoded }: APIGatewayProxyEventV2, maxBytes: number): Uint8Array | BodyProblem {
  const encoding = isBase64Encoded ? "base64" : "utf8";
  return Buffer.byteLength(body, encoding) > maxBytes ? "long" : Buffer.from(body, encoding);
}

/** The request target that API Gateway received, without the stage in front of the path. The stage `$default` has no prefix. */
function targetOf({ rawPath, rawQueryString, requestContext }: APIGatewayProxyEventV2): string {
  const prefix = `/${requestContext.stage}`;
  const path = rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath;
  return rawQueryString === "" ? path : `${path}?${rawQueryString}`;
}

function resultOf(answer: Answer): APIGatewayProxyStructuredResultV2 {
  return { statusCode: answer.status, headers: headersOf(answer), body: answer.body, isBase64Encoded: false };
}
