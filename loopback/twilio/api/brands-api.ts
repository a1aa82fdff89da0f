/**
 * The API for A2P 10DLC brands. They can only be read.
 * Source: https://www.twilio.com/docs/messaging/api/brand-registration-resource
 */
import { Hono } from "hono";
import { notFoundError } from "../serving/errors.ts";
import { pageV1 } from "../serving/pages.ts";
import type { TwilioState } from "../state.ts";

/** The routes under `/v1/a2p/BrandRegistrations`. */
export function brandsApi(state: TwilioState): Hono {
  const app = new Hono();
  app.get("/", (c) => pageV1(c, "data", [...state.brandRegistrations.values()]));
  app.get("/:sid", (c) => {
    const brand = state.brandRegistrations.get(c.req.param("sid"));
    if (brand === undefined) throw notFoundError(`/v1/a2p/BrandRegistrations/${c.req.param("sid")}`);
    return c.json(brand);
  });
  return app;
}
