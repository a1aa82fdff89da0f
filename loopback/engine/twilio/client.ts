/** Twilio's own SDK, with the error messages of the real provider. */
import { STATUS_CODES } from "node:http";
import twilio from "twilio";
import type RequestClient from "twilio/lib/base/RequestClient.js";
import { z } from "zod";

/** The SDK's client for an account. */
export type TwilioClient = ReturnType<typeof twilio>;

/** The credentials of an account. */
export interface TwilioCredentials {
  readonly username: string;
  readonly password: string;
  /** The account that requests act on. Default: the username. */
  readonly accountSid?: string | undefined;
}

const ErrorBody = z.object({
  code: z.number().default(0),
  message: z.string().default(""),
  more_info: z.string().default(""),
});
const LAST_SUCCESS = 399;

/**
 * Makes a client of Twilio. It uses HTTP_PROXY, and trusts NODE_EXTRA_CA_CERTS. A refused request throws an Error with the real
 * provider's message, which contains neither the request nor the account; so does a request without an answer, whose message has both.
 */
export function twilioClient({ username, password, accountSid = username }: TwilioCredentials): TwilioClient {
  return twilio(username, password, { accountSid, httpClient: new ExplainingRequestClient() });
}

/** The real provider's error messages are those of twilio-go, which differ from those of the SDK for Node. */
class ExplainingRequestClient extends twilio.RequestClient {
  override async request<Data>(options: RequestClient.RequestOptions<Data>) {
    const response = await super.request<Data>(options).catch((cause: unknown) => {
      throw new Error(`${options.method.toUpperCase()} "${options.uri}": ${reasonOf(cause)}`);
    });
    if (response.statusCode > LAST_SUCCESS) throw new Error(refusal(response.statusCode, response.body));
    return response;
  }
}

/**
 * The real provider's message for a refused request. It ends with a blank, because the empty detail of the error follows its summary.
 * Source: https://github.com/twilio/twilio-go/blob/main/client/error.go
 */
function refusal(status: number, body: unknown): string {
  const { data } = ErrorBody.safeParse(body);
  if (data === undefined) return `Status: ${status} - ${STATUS_CODES[status]}: `;
  return `Status: ${status} - ApiError ${data.code}: ${data.message} (null) More info: ${data.more_info}: `;
}

/** The reason of a failed connection. The system's code says more than the error's message, which may even be empty. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code: unknown = Reflect.get(cause, "code");
  if (typeof code === "string") return code;
  return cause.cause === undefined ? cause.message : reasonOf(cause.cause);
}
