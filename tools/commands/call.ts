/** `npm run call`: places a call through the handler on this machine and reports its outcome. */
import { randomUUID } from "node:crypto";
import { styleText } from "node:util";
import { maskNumber } from "../../handlers/log/mask.ts";
import {
  createOutboundClient,
  type OutboundClient,
  OutboundError,
  type QueuedRequest,
} from "../../handlers/outbound/client/client.ts";
import type { OutboundStatus } from "../../handlers/outbound/status.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { readCallTarget } from "../stack/call-target.ts";

const USAGE = `usage: npm run call -- --to NUMBER [OPTIONS]

Places a call through the handler on this machine and waits until Twilio has accepted it.
Exit status: 0 if the call was sent (with --no-wait: queued), 1 otherwise.

  --to NUMBER      the number to call, in E.164
  --from NUMBER    one of the stack's numbers (default: the first)
  --route PATH     the route that answers with the call's TwiML (default: /voice/webhook)
  --stack NAME     use the admin port and the numbers of this stack (default: prod)
  --key KEY        the call's Idempotency-Key; the same call with the same key is placed only once
                   (default: a new key)
  --wait SECONDS   how long to wait for the outcome (default: 120)
  --no-wait        queue the call and exit
  --json           print the outcome as JSON
  --help           print this help

environment:
  OUTBOUND_TOKEN   the endpoint's token, or its 1Password reference (required)
  OUTBOUND_URL     the endpoint's URL (default: http://127.0.0.1 with the port that the stack has
                   in hub:handler.adminPort)

examples:
  export OUTBOUND_TOKEN=op://Aurora/twilio-hub/outbound-token
  npm run call -- --to +12135550100
  npm run call -- --to +12135550100 --from +18446883807 --stack loopback
  npm run --silent call -- --to +12135550100 --json`;

const OPTIONS = {
  to: { type: "string" },
  from: { type: "string" },
  route: { type: "string", default: "/voice/webhook" },
  stack: { type: "string", short: "s", default: "prod" },
  key: { type: "string" },
  wait: { type: "string", default: "120" },
  "no-wait": { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** After this time, in milliseconds, say what the command is waiting for. */
const SAY_SO_AFTER_MS = 2_000;

const COLOURS = {
  queued: "yellow",
  sending: "yellow",
  unknown: "red",
  sent: "green",
  blocked: "red",
  failed: "red",
} as const;

await runTool(async () => {
  const { help, ...options } = readOptions(OPTIONS, "npm run call");
  if (help) {
    print(USAGE);
    return 0;
  }
  return await call(options).catch((error: unknown) => {
    throw error instanceof OutboundError ? new UserError(error.message, { cause: error }) : error;
  });
});

async function call(options: Omit<ReturnType<typeof readOptions<typeof OPTIONS>>, "help">): Promise<number> {
  const { to, route, stack, json } = options;
  if (to === undefined) throw new UserError("--to is missing: give the number to call, for example --to +12135550100");
  const wait = options["no-wait"] ? 0 : secondsOf(options.wait);
  const key = keyOf(options.key);
  const { from, ...endpoint } = await readCallTarget({ stack, from: options.from, environment: process.env });
  const client = createOutboundClient(endpoint);
  const asking = sayLater(() => `waiting for an answer from ${endpoint.url} …`);
  const queued = await client
    .placeCall({ to, from, route }, key)
    .catch((error: unknown) => {
      throw mayBeQueued(error) ? lost(error, `it may be queued; repeat with --key ${key}`) : error;
    })
    .finally(asking.end);
  if (!json) print(`${shown("queued")}${queued.id}, from ${maskNumber(from)} to ${maskNumber(to)}`);
  if (wait === 0) {
    if (json) print(JSON.stringify(queued, null, 2));
    return 0;
  }
  const seen: { last: OutboundStatus | QueuedRequest } = { last: queued };
  const status = await outcomeOf(client, queued.id, wait, seen).catch((error: unknown) => {
    if (json) print(JSON.stringify(seen.last, null, 2));
    if (!(error instanceof OutboundError)) throw error;
    throw lost(error, `the call ${queued.id} is queued and may still leave, so do not place it again`);
  });
  print(json ? JSON.stringify(status, null, 2) : outcomeLine(status, wait));
  return status.state === "sent" ? 0 : 1;
}

/** Whether the endpoint may have stored the call although its answer was lost. */
function mayBeQueued(error: unknown): error is OutboundError {
  return error instanceof OutboundError && (error.status === undefined || error.status >= 500);
}

function lost(error: OutboundError, advice: string): UserError {
  return new UserError(`${error.message}; ${advice}`, { cause: error });
}

function keyOf(given: string = randomUUID()): string {
  if (/^[!-~]{1,255}$/.test(given)) return given;
  throw new UserError("--key: expected 1 to 255 visible ASCII characters without spaces");
}

/**
 * Waits for the outcome of a call.
 *
 * @param seconds how long to wait
 * @param seen receives each state
 * @returns the final state, or the last state that was seen in that time
 */
async function outcomeOf(
  client: OutboundClient,
  id: string,
  seconds: number,
  seen: { last: OutboundStatus | QueuedRequest },
): Promise<OutboundStatus> {
  const signal = AbortSignal.timeout(seconds * 1000);
  const waiting = sayLater(() => `waiting: the call is ${seen.last.state} …`);
  const onState = (status: OutboundStatus) => {
    seen.last = status;
    waiting.sayAgain();
  };
  try {
    return await client.settled("call", id, { signal, onState });
  } catch (error) {
    if (!signal.aborted) throw error;
    return "to" in seen.last ? seen.last : await client.status("call", id);
  } finally {
    waiting.end();
  }
}

function outcomeLine({ state, sid, reason }: OutboundStatus, seconds: number): string {
  if (state === "sent") return `${shown(state)}${sid}`;
  if (state === "failed" || state === "blocked") return `${shown(state)}${reason}`;
  return `${shown(state)}no outcome within ${seconds} s; the call may still leave, so do not place it again`;
}

/** Writes a line to standard error after the time is over, and again after each call of `sayAgain`. `end` cancels the first line. */
function sayLater(text: () => string) {
  let isLate = false;
  const say = () => void process.stderr.write(`${text()}\n`);
  const timer = setTimeout(() => {
    isLate = true;
    say();
  }, SAY_SO_AFTER_MS);
  return { sayAgain: () => isLate && say(), end: () => clearTimeout(timer) };
}

function secondsOf(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new UserError(`--wait: expected a whole number of seconds, like 120; found "${text}"`);
}

/** A state, in colour if the terminal shows colours. */
function shown(state: OutboundStatus["state"]): string {
  return styleText(COLOURS[state], state.padEnd(9));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
