/**
 * The API of webhooks.twilio.com: the Rules, Settings and SharedKeys by which webhooks are signed and sent.
 * AuthProfiles and edge zones are not served: the account has none.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhook-configuration
 */
import { Hono } from "hono";
import { idempotent } from "./idempotency.ts";
import { Problem, problemResponse } from "./problem.ts";
import { settingsApi, sharedKeysApi } from "./resource-apis.ts";
import { operationsApi, rulesApi } from "./rules-api.ts";
import type { WebhooksConfiguration } from "./state.ts";

/** The routes under `/v1/Webhooks`. */
export function configurationApi(configuration: WebhooksConfiguration): Hono {
  const app = new Hono();
  app.onError(problemResponse);
  app.use(async (_c, next) => {
    if (configuration.access === "absent") throw new Problem(20404, "The requested resource was not found");
    if (configuration.access === "forbidden") throw new Problem(20403, "The credentials may not use this API");
    await next();
  });
  app.use(idempotent());
  app.route("/Rules", rulesApi(configuration));
  app.route("/Settings", settingsApi(configuration));
  app.route("/SharedKeys", sharedKeysApi(configuration));
  app.route("/Operations", operationsApi(configuration));
  return app;
}
