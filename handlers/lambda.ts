/**
 * The Lambda host of the app: an HTTP API of API Gateway, or a function URL, with payload format 2.0.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { App } from "./app.ts";
import { logError } from "./log.ts";

/** Answers one event. It has the shape of an `APIGatewayProxyHandlerV2`. */
export type LambdaHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * The Lambda handler of an app. It does not throw: an error is logged and answered with 500 and an empty body.
 *
 * @param loadApp gives the app; called for each event, so it should keep what it made
 */
export function createLambdaHandler(loadApp: () => Promise<Pick<App, "fetch">>): LambdaHandler {
  return async (event) => {
    try {
      const app = await loadApp();
      return await resultOf(await app.fetch(requestOf(event), { target: targetOf(event) }));
    } catch (error) {
      logError("uncaught error", error);
      return resultOf(new Response(null, { status: 500 }));
    }
  };
}

/** What was asked of API Gateway, without the stage that it puts before the path. `$default` is the stage without a prefix. */
function targetOf({ rawPath, rawQueryString, requestContext }: APIGatewayProxyEventV2): string {
  const prefix = `/${requestContext.stage}`;
  const path = rawPath.startsWith(`${prefix}/`) ? rawPath.slice(prefix.length) : rawPath;
  return rawQueryString === "" ? path : `${path}?${rawQueryString}`;
}

/** The request's URL says nothing: the app reads the target beside it. */
function requestOf(event: APIGatewayProxyEventV2): Request {
  const { method } = event.requestContext.http;
  const body = method === "GET" || method === "HEAD" ? null : bodyOf(event);
  return new Request("https://localhost/", { method, headers: headersOf(event), body });
}

function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEventV2): Buffer<ArrayBuffer> | null {
  return body === undefined ? null : Buffer.from(body, isBase64Encoded ? "base64" : "utf8");
}

/** API Gateway joins the values of a repeated header with commas. */
function headersOf(event: APIGatewayProxyEventV2): [string, string][] {
  return Object.entries(event.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

async function resultOf(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}
