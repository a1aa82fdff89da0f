/**
 * Cloudflare's REST API v4 over a state.
 * Source: https://developers.cloudflare.com/api/
 */
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { Faults } from "../serving/faults.ts";
import { Interruptions, interrupting } from "../serving/interruptions.ts";
import { closeServer, listen } from "../serving/listen.ts";
import { faulting, type LoggedRequest, logging } from "../serving/middleware.ts";
import { type Route, routesOf } from "../serving/routes.ts";
import { dnsApi } from "./dns-api.ts";
import { CloudflareError, failure, faultResponse, noRoute } from "./errors.ts";
import type { CloudflareState } from "./state.ts";
import { tunnelsApi } from "./tunnels-api.ts";
import { zonesApi } from "./zones-api.ts";

/** The running API of one account. */
export interface CloudflareApi {
  readonly state: CloudflareState;
  /** Makes the next matching requests fail. */
  readonly faults: Faults;
  /** Lets another client come before a request. */
  readonly interruptions: Interruptions;
  /** Every request that arrived. */
  readonly requests: LoggedRequest[];
  /** The routes that are served. */
  readonly routes: readonly Route[];
  /** The base URL, `http://127.0.0.1:<port>/client/v4`. */
  readonly url: string;
  close(): Promise<void>;
}

const BASE_PATH = "/client/v4";

/**
 * Serves Cloudflare's API from a state.
 *
 * @throws Error if the port is taken
 */
export async function startCloudflareApi(state: CloudflareState, port?: number): Promise<CloudflareApi> {
  const faults = new Faults();
  const interruptions = new Interruptions();
  const requests: LoggedRequest[] = [];
  const app = new Hono();
  app.use(logging(requests), faulting(faults, faultResponse), authenticating(state), interrupting(interruptions));
  app.notFound((c) => failure(noRoute(c.req.path)));
  app.onError((error) => failure(error instanceof CloudflareError ? error : internalError(error)));
  app.use(`${BASE_PATH}/accounts/:account/*`, owning("account", state.accountId));
  app.use(`${BASE_PATH}/zones/:zone/*`, owning("zone", state.zone.id));
  app.route(`${BASE_PATH}/zones`, zonesApi(state));
  app.route(`${BASE_PATH}/accounts/:account/cfd_tunnel`, tunnelsApi(state));
  app.route(`${BASE_PATH}/zones/:zone/dns_records`, dnsApi(state));
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  const bound = await listen(server, port);
  const url = `http://127.0.0.1:${bound}${BASE_PATH}`;
  return { state, faults, interruptions, requests, routes: routesOf(app), url, close: () => closeServer(server) };
}

/** Requires bearer authentication. A wrong token has one error code under `/accounts`, and another under `/zones`. */
function authenticating(state: CloudflareState): MiddlewareHandler {
  return async (c, next) => {
    const header = c.req.header("Authorization");
    if (header === undefined) {
      throw new CloudflareError(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
    }
    if (header !== `Bearer ${state.apiToken}`) {
      throw c.req.path.startsWith(`${BASE_PATH}/zones/`)
        ? new CloudflareError(403, 9109, "Invalid access token")
        : new CloudflareError(403, 10000, "Authentication error");
    }
    await next();
  };
}

function owning(parameter: "account" | "zone", id: string): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.param(parameter) !== id) throw noRoute(c.req.path);
    await next();
  };
}

/** A bug in the stand-in itself. The answer shows its message, so that a test reveals it. */
function internalError(error: Error): CloudflareError {
  return new CloudflareError(500, 10001, `loopback: ${error.message}`);
}
