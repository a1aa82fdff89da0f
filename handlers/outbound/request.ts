/** A request to the hub for a call or a text. It is parsed when it arrives, and again before it leaves the queue. */
import { z } from "zod";
import type { Manifest } from "../../hub/manifest.ts";
import { E164 } from "../../hub/values/values.ts";

/** The longest text that Twilio accepts, in characters (https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource). */
const MAX_BODY = 1600;

const WHATSAPP_PENDING =
  "WhatsApp is pending: nobody has confirmed its webhook (/whatsapp/webhook), so nothing is sent to a whatsapp: address";

/** A recipient. A WhatsApp address is refused with its own reason. */
const Recipient = z
  .string({ error: (issue) => (issue.input === undefined ? "missing" : "expected a phone number in E.164") })
  .refine((to) => !/^whatsapp:/i.test(to.trim()), { error: WHATSAPP_PENDING, abort: true })
  .pipe(E164);

const MessageBody = z
  .string({ error: "expected text" })
  .regex(/\S/, { error: "expected text; found none" })
  .max(MAX_BODY, { error: `expected at most ${MAX_BODY} characters` });

/** A call to place. */
export interface CallRequest {
  readonly kind: "call";
  readonly to: E164;
  readonly from: E164;
  /** The path of the route that answers the call with TwiML, like `/voice/webhook`. */
  readonly route: string;
}

/** A text to send. */
export interface MessageRequest {
  readonly kind: "message";
  readonly to: E164;
  readonly from: E164;
  readonly body: string;
}

export type OutboundRequest = CallRequest | MessageRequest;

/** The schema of a request under this manifest. `from` is one of its numbers, and `route` is an approved route that answers calls. */
export function outboundRequestSchema({ numbers, routes }: Pick<Manifest, "numbers" | "routes">) {
  const own = numbers.map(({ number }) => number);
  const From = E164.refine((from) => own.includes(from), {
    error: `expected one of the stack's numbers (hub:numbers): ${own.join(", ")}`,
  });
  const answering = routes.filter(({ event, status }) => event === "inbound-call" && status === "approved");
  const Route = z.enum(
    answering.map(({ path }) => path),
    { error: `expected an approved route that answers calls: ${answering.map(({ path }) => path).join(", ")}` },
  );
  return z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("call"), to: Recipient, from: From, route: Route }),
    z.strictObject({ kind: z.literal("message"), to: Recipient, from: From, body: MessageBody }),
  ]);
}

/** The problems of a request, without the values: the text is stored and logged. */
export function requestProblem({ issues }: z.ZodError): string {
  const problems = issues.map(({ path, message }) => {
    const field = path.map(String).join(".") || "request";
    return `${field}: ${message.replace(/; found .*$/s, "")}`;
  });
  return problems.join("; ");
}
