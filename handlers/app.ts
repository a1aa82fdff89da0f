/** The handler's one app. The Node server and the Lambda handler both run it. */
import { Hono } from "hono";
import { WEBHOOK_METHOD } from "../hub/routes.ts";
import { answerWebhook } from "./answer.ts";
import { readDelivered } from "./delivered.ts";
import { logError } from "./log.ts";
import { requireAuthTokens } from "./signature.ts";
import { checkWebhook, type RefusalStatus, type Trust } from "./webhook-request.ts";

/** What a host hands to the app beside the request. */
export interface Bindings {
  /** The request target, path and query, exactly as it arrived: the URL of a `Request` has been through a parser. */
  readonly target?: string | undefined;
}

/** The app, as the hosts run it. */
export type App = Hono<{ Bindings: Bindings }>;

/**
 * The app that answers the manifest's webhooks. The manifest alone routes, by way of the URL that verified, so Hono has a single route.
 * A refusal has an empty body; so has the 500 of an error that nobody expected, which is logged.
 *
 * @throws Error where the credentials hold no auth token, or an empty one
 */
export function createApp(trust: Trust): App {
  requireAuthTokens(trust.credentials.authTokens);
  const app: App = new Hono();
  app.all("*", async ({ req, env }) => {
    const checked = checkWebhook(await readDelivered(req.raw, env?.target), trust);
    return "webhook" in checked ? answerWebhook(checked.webhook) : refuse(checked.refusal);
  });
  app.onError((error) => {
    logError("uncaught error", error);
    return new Response(null, { status: 500 });
  });
  return app;
}

function refuse(status: RefusalStatus): Response {
  return new Response(null, { status, ...(status === 405 && { headers: { allow: WEBHOOK_METHOD } }) });
}
