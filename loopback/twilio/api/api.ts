/**
 * Twilio's REST APIs over a state: api.twilio.com, messaging.twilio.com and webhooks.twilio.com.
 * Sources: https://www.twilio.com/docs/usage/api and https://www.twilio.com/docs/usage/requests-to-twilio
 */
import { EventEmitter } from "node:events";
import { Hono, type MiddlewareHandler } from "hono";
import { Faults } from "../../serving/faults.ts";
import { faulting, isDropped, type LoggedRequest, logging } from "../../serving/middleware.ts";
import { type Route, routesOf } from "../../serving/routes.ts";
import { configurationApi } from "../configuration/api.ts";
import { authenticationError, errorResponse, faultResponse, notFoundError, TwilioError } from "../serving/errors.ts";
import type { TwilioState } from "../state.ts";
import { brandsApi } from "./brands-api.ts";
import { callsApi } from "./calls-api.ts";
import { campaignsApi } from "./campaigns-api.ts";
import { type Create, loggingCreates } from "./creates.ts";
import { messagesApi } from "./messages-api.ts";
import { numbersApi } from "./numbers-api.ts";
import { recordingsApi } from "./recordings-api.ts";
import { sendersApi } from "./senders-api.ts";
import { servicesApi } from "./services-api.ts";
import { verificationsApi } from "./verifications-api.ts";

/** Twilio's APIs for one account. */
export interface TwilioApi {
  readonly state: TwilioState;
  /** Makes the next matching requests fail. */
  readonly faults: Faults;
  /** Every request that arrived. */
  readonly requests: LoggedRequest[];
  /** Every request to create a call or a text, in order of arrival. Refused and failed ones count. */
  readonly creates: readonly Create[];
  /** Says which text was just created, by its SID. */
  readonly texts: EventEmitter<{ created: [sid: string] }>;
  /** The routes that are served, without the suffix that selects the format. */
  readonly routes: readonly HostRoute[];
  /**
   * Answers a request to one of {@link TWILIO_HOSTS}.
   *
   * @param bindings the server's request and response, if the request came over a connection
   * @throws TypeError if a fault cuts the connection but the request came over none. A real `fetch` throws the same
   */
  fetch(request: Request, bindings?: object): Promise<Response>;
}

/** A route of one of {@link TWILIO_HOSTS}. */
export interface HostRoute extends Route {
  readonly host: string;
}

/** The hosts of the APIs that are served. */
export const TWILIO_HOSTS = ["api.twilio.com", "messaging.twilio.com", "webhooks.twilio.com"] as const;

/** Serves Twilio's APIs from a state. */
export function twilioApi(state: TwilioState): TwilioApi {
  const faults = new Faults();
  const requests: LoggedRequest[] = [];
  const creates: Create[] = [];
  const texts: TwilioApi["texts"] = new EventEmitter();
  const vendorApp = () => {
    // In the 2010-04-01 API the path's suffix selects the format. Only JSON and audio are served.
    const app = new Hono({ getPath: (request) => new URL(request.url).pathname.replace(/\.json$/, "") });
    app.use(logging(requests), loggingCreates(creates), faulting(faults, faultResponse), authenticating(state));
    app.notFound((c) => errorResponse(notFoundError(new URL(c.req.url).pathname)));
    app.onError((error) => errorResponse(error instanceof TwilioError ? error : internalError(error)));
    return app;
  };
  const apps = new Map<string, Hono>([
    ["api.twilio.com", vendorApp().route("/", accountApi(state, texts))],
    ["messaging.twilio.com", vendorApp().route("/", messagingApi(state))],
    ["webhooks.twilio.com", vendorApp().route("/v1/Webhooks", configurationApi(state.webhooks))],
  ]);
  return {
    state,
    faults,
    requests,
    creates,
    texts,
    routes: [...apps].flatMap(([host, app]) => routesOf(app).map((route) => ({ host, ...route }))),
    fetch: async (request, bindings) => {
      const { hostname } = new URL(request.url);
      const app = apps.get(hostname);
      if (app === undefined) return new Response(`${hostname} is not served here`, { status: 421 });
      const response = await app.fetch(request, bindings);
      if (bindings === undefined && isDropped(response)) throw new TypeError("fetch failed: the connection was cut");
      return response;
    },
  };
}

function accountApi(state: TwilioState, texts: TwilioApi["texts"]): Hono {
  const account = "/2010-04-01/Accounts/:account";
  const app = new Hono();
  app.use(`${account}/*`, async (c, next) => {
    // A main account's credentials are also valid for its subaccounts. This account has no subaccounts.
    if (c.req.param("account") !== state.accountSid) throw authenticationError();
    await next();
  });
  app.route(`${account}/IncomingPhoneNumbers`, numbersApi(state));
  app.route(
    `${account}/Messages`,
    messagesApi(state, (sid) => texts.emit("created", sid)),
  );
  app.route(`${account}/Calls`, callsApi(state));
  app.route(`${account}/Recordings`, recordingsApi(state));
  return app;
}

function messagingApi(state: TwilioState): Hono {
  const app = new Hono();
  for (const api of [servicesApi, sendersApi, campaignsApi]) app.route("/v1/Services", api(state));
  app.route("/v1/a2p/BrandRegistrations", brandsApi(state));
  app.route("/v1/Tollfree/Verifications", verificationsApi(state));
  return app;
}

/** Requires basic authentication with the account's SID and token, or with an API key. */
function authenticating(state: TwilioState): MiddlewareHandler {
  return async (c, next) => {
    const encoded = /^Basic (.+)$/i.exec(c.req.header("Authorization") ?? "")?.[1] ?? "";
    const credentials = Buffer.from(encoded, "base64").toString("utf8");
    const accepted = new Map([...state.apiKeys, [state.accountSid, state.authToken]]);
    if (![...accepted].some((pair) => pair.join(":") === credentials)) throw authenticationError();
    await next();
  };
}

/** A bug in the stand-in itself. The answer shows its message, so that a test reveals it. */
function internalError(error: Error): TwilioError {
  return new TwilioError(500, 20500, `loopback: ${error.message}`);
}
