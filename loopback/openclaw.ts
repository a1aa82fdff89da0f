/**
 * A stand-in for the OpenClaw gateway's hook for agent turns. A turn is admitted and stored, but no agent runs.
 * Sources: https://github.com/openclaw/openclaw/blob/main/docs/automation/cron-jobs/webhooks.md and
 * https://github.com/openclaw/openclaw/blob/main/src/gateway/server/hooks-request-handler.ts
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { z } from "zod";
import { type Fault, Faults } from "./serving/faults.ts";
import { faulting, retryAfter } from "./serving/middleware.ts";
import { type Route, routesOf } from "./serving/routes.ts";
import { serveApp } from "./serving/serve-app.ts";

/** The payload of a turn, as the gateway parses it. */
export const AgentTurn = z.object({
  message: z.string().refine((text) => text.trim() !== ""),
  name: z.string().optional(),
  agentId: z.string().optional(),
  deliver: z.boolean().default(true),
  wakeMode: z.enum(["now", "next-heartbeat"]).optional(),
  channel: z.string().optional(),
  to: z.string().optional(),
  model: z.string().optional(),
  thinking: z.string().optional(),
  timeoutSeconds: z.number().optional(),
});
export type AgentTurn = z.infer<typeof AgentTurn>;

/** An admitted turn. */
export interface AgentRun {
  readonly runId: string;
  /** The request's `Idempotency-Key`, if it had one. */
  readonly key: string | undefined;
  readonly payload: AgentTurn;
}

/** The gateway's state and settings. Tests read and change it. */
export interface OpenClawState {
  token: string;
  /** The setting `hooks.enabled`. If it is false, every path is a 404. */
  hooksEnabled: boolean;
  /** The delay between admitting a turn and answering, in milliseconds. */
  delayMs: number;
  /** The number of keys that the gateway remembers. The least recently used key is forgotten first. */
  rememberedKeys: number;
  /** The admitted turns, in order. A repeat is not added. */
  readonly runs: AgentRun[];
}

/** The running gateway. */
export interface OpenClaw {
  readonly state: OpenClawState;
  /** Makes the next matching requests fail. */
  readonly faults: Faults;
  /** The gateway's address, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** The routes that are served. */
  readonly routes: readonly Route[];
  close(): Promise<void>;
}

const SESSION_KEY_ERROR =
  "sessionKey is disabled for externally supplied hook payload values; set hooks.allowRequestSessionKey=true to enable";

/**
 * Serves the gateway.
 *
 * @throws Error if the port is taken
 */
export async function startOpenClaw(token: string, port?: number): Promise<OpenClaw> {
  const state: OpenClawState = { token, hooksEnabled: true, delayMs: 0, rememberedKeys: 1000, runs: [] };
  const faults = new Faults();
  const app = new Hono();
  app.use(faulting(faults, faultResponse), guarding(state));
  app.notFound((c) => c.text("Not Found", 404));
  app.onError((error, c) => c.json({ ok: false, error: `loopback: ${error.message}` }, 500));
  const admit = admission(state);
  app.post("/hooks/agent", async (c) => answerTurn(state, admit, c));
  const { origin: url, close } = await serveApp(app, port);
  return { state, faults, routes: routesOf(app), url, close };
}

/** The gateway's checks before it reads a body, in the gateway's order. */
function guarding(state: OpenClawState): MiddlewareHandler {
  return async (c, next) => {
    if (!state.hooksEnabled || !c.req.path.startsWith("/hooks/")) return c.text("Not Found", 404);
    if (c.req.query("token") !== undefined) return c.text("Hook token must be provided via a header.", 400);
    if (c.req.method !== "POST") return c.text("Method Not Allowed", 405, { Allow: "POST" });
    const bearer = /^Bearer (.+)$/i.exec(c.req.header("Authorization") ?? "")?.[1];
    if ((bearer ?? c.req.header("X-OpenClaw-Token")) !== state.token) return c.text("Unauthorized", 401);
    return next();
  };
}

type Admit = (turn: AgentTurn, key: string | undefined) => AgentRun;

async function answerTurn(state: OpenClawState, admit: Admit, c: Context): Promise<Response> {
  const body = await readJson(c);
  const parsed = AgentTurn.safeParse(body);
  const problem = body === undefined ? "invalid JSON" : problemOf(body, parsed.error);
  if (problem !== undefined || !parsed.success) return c.json({ ok: false, error: problem }, 400);
  const { runId } = admit(parsed.data, c.req.header("Idempotency-Key")?.trim() || undefined);
  // Unreferenced: a pending answer must not keep the process alive after its server was closed.
  if (state.delayMs > 0) await delay(state.delayMs, undefined, { ref: false });
  return c.json({ ok: true, runId });
}

/** Parses the body's JSON; undefined if it is invalid. */
async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    return undefined;
  }
}

/** The gateway's permanent reason for refusing a payload; undefined if it accepts the payload. */
function problemOf(body: unknown, error: z.ZodError | undefined): string | undefined {
  if (error !== undefined) {
    const field = error.issues[0]?.path[0] ?? "message";
    return field === "message" ? "message required" : `${String(field)} is invalid`;
  }
  return typeof body === "object" && body !== null && "sessionKey" in body ? SESSION_KEY_ERROR : undefined;
}

/** Admits turns. The same key with the same payload is the same run while the key is remembered. */
function admission(state: OpenClawState): Admit {
  const remembered = new Map<string, AgentRun>();
  return (payload, key) => {
    const scope = key === undefined ? undefined : JSON.stringify([key, payload]);
    const known = scope === undefined ? undefined : remembered.get(scope);
    const run = known ?? { runId: randomUUID(), key, payload };
    if (known === undefined) state.runs.push(run);
    if (scope !== undefined) remember(remembered, scope, run, state.rememberedKeys);
    return run;
  };
}

function remember(remembered: Map<string, AgentRun>, scope: string, run: AgentRun, limit: number): void {
  remembered.delete(scope);
  remembered.set(scope, run);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= limit) return;
    remembered.delete(oldest);
  }
}

const FAULT_TEXTS: Readonly<Partial<Record<Fault["status"], string>>> = {
  401: "Unauthorized",
  404: "Not Found",
  429: "Too Many Requests",
};

/** Makes the answer for a fault. Refusals before the gateway reads a body are plain text; the others are JSON. */
function faultResponse(fault: Fault): Response {
  const { status } = fault;
  const text = FAULT_TEXTS[status];
  const headers = retryAfter(fault);
  if (text !== undefined) return new Response(text, { status, headers });
  return Response.json({ ok: false, error: "hook agent run failed" }, { status, headers });
}
