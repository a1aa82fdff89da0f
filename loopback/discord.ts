/**
 * A stand-in for a Discord webhook.
 * Sources: https://docs.discord.com/developers/resources/webhook#execute-webhook,
 * https://docs.discord.com/developers/topics/opcodes-and-status-codes#json and
 * https://docs.discord.com/developers/topics/rate-limits
 */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { ApiError } from "./serving/api-error.ts";
import { type Fault, type FaultStatus, Faults } from "./serving/faults.ts";
import { faulting } from "./serving/middleware.ts";
import { type Route, routesOf } from "./serving/routes.ts";
import { serveApp } from "./serving/serve-app.ts";

/** A message as it was posted. */
export const DiscordMessage = z.looseObject({ content: z.string().nullish(), embeds: z.array(z.unknown()).optional() });
export type DiscordMessage = z.infer<typeof DiscordMessage>;

/** The webhook's state. Tests read it, and change the token to imitate a new webhook. */
export interface DiscordState {
  readonly id: string;
  token: string;
  /** The accepted messages, in order. */
  readonly messages: DiscordMessage[];
}

/** The running webhook. */
export interface Discord {
  readonly state: DiscordState;
  /** Makes the next matching requests fail. A 429 has a time to wait. Default: 1 second. */
  readonly faults: Faults;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The webhook's whole URL. It contains the token, so it is a secret. */
  readonly webhookUrl: string;
  /** The routes that are served. */
  readonly routes: readonly Route[];
  close(): Promise<void>;
}

/** The longest content, in characters. */
const MAX_CONTENT = 2000;

/**
 * Serves a webhook. It answers 204 to an accepted message, 401 to a wrong token, and 404 for an unknown webhook.
 *
 * @throws Error if the port is taken
 */
export async function startDiscord(webhook: Pick<DiscordState, "id" | "token">, port?: number): Promise<Discord> {
  const state: DiscordState = { ...webhook, messages: [] };
  const faults = new Faults();
  const app = new Hono();
  app.use(faulting(faults, faultResponse));
  app.notFound(() => errorResponse(new ApiError(404, 0, "404: Not Found")));
  app.onError((error) =>
    errorResponse(error instanceof ApiError ? error : new ApiError(500, 0, `loopback: ${error.message}`)),
  );
  app.post("/api/webhooks/:id/:token", (c) => execute(state, c));
  const { origin: url, close } = await serveApp(app, port);
  return {
    state,
    faults,
    routes: routesOf(app),
    url,
    webhookUrl: `${url}/api/webhooks/${state.id}/${state.token}`,
    close,
  };
}

async function execute(state: DiscordState, c: Context): Promise<Response> {
  if (c.req.param("id") !== state.id) throw new ApiError(404, 10015, "Unknown Webhook");
  if (c.req.param("token") !== state.token) throw new ApiError(401, 50027, "Invalid Webhook Token");
  const message = DiscordMessage.safeParse(await readJson(c));
  if (!message.success) throw new ApiError(400, 50035, "Invalid Form Body");
  const { content, embeds = [] } = message.data;
  const text = content?.trim() ?? "";
  if (text === "" && embeds.length === 0) throw new ApiError(400, 50006, "Cannot send an empty message");
  if ([...text].length > MAX_CONTENT) return contentTooLong();
  state.messages.push(message.data);
  return c.body(null, 204);
}

async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (cause) {
    const error = new ApiError(400, 50109, "The request body contains invalid JSON.");
    error.cause = cause;
    throw error;
  }
}

function contentTooLong(): Response {
  const found = { code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${MAX_CONTENT} or fewer in length.` };
  const body = { message: "Invalid Form Body", code: 50035, errors: { content: { _errors: [found] } } };
  return Response.json(body, { status: 400 });
}

function errorResponse({ status, code, message }: ApiError): Response {
  return Response.json({ message, code }, { status });
}

const FAULT_MESSAGES: Readonly<Record<Exclude<FaultStatus, 429>, string>> = {
  400: "400: Bad Request",
  401: "401: Unauthorized",
  403: "403: Forbidden",
  404: "404: Not Found",
  500: "500: Internal Server Error",
  502: "502: Bad Gateway",
  503: "503: Service Unavailable",
};

function faultResponse({ status, retryAfterSeconds = 1 }: Fault): Response {
  if (status !== 429) return errorResponse(new ApiError(status, 0, FAULT_MESSAGES[status]));
  const body = { message: "You are being rate limited.", retry_after: retryAfterSeconds, global: false };
  // The header has whole seconds; the number in the body is exact.
  const headers = { "Retry-After": String(Math.ceil(retryAfterSeconds)), "X-RateLimit-Scope": "shared" };
  return Response.json(body, { status, headers });
}
