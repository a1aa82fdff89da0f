/** Twilio's own SDK, with errors in the words of the real provider. */
import { STATUS_CODES } from "node:http";
import twilio from "twilio";
import type RequestClient from "twilio/lib/base/RequestClient.js";
import { z } from "zod";

/** The SDK's client of one account. */
export type TwilioClient = ReturnType<typeof twilio>;

/** The credentials of an account. */
export interface TwilioCredentials {
  readonly username: string;
  readonly password: string;
  /** The account that requests act on, if it is not the username. */
  readonly accountSid?: string | undefined;
}

const ErrorBody = z.object({
  code: z.number().default(0),
  message: z.string().default(""),
  more_info: z.string().default(""),
});
const LAST_SUCCESS = 399;

/**
 * A client of Twilio. It goes through HTTP_PROXY, and trusts NODE_EXTRA_CA_CERTS. A request that is refused or not answered throws an Error
 * with the real provider's text, which names neither the request nor an account.
 */
export function twilioClient({ username, password, accountSid = username }: TwilioCredentials): TwilioClient {
  return twilio(username, password, { accountSid, httpClient: new ExplainingRequestClient() });
}

/** The real provider's errors are those of twilio-go, which read otherwise than those of the SDK for Node. */
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
 * The blank at the end is the real one's: the summary of an error is followed by its detail, which is empty.
 * Source: https://github.com/twilio/twilio-go/blob/main/client/error.go
 */
function refusal(status: number, body: unknown): string {
  const { data } = ErrorBody.safeParse(body);
  if (data === undefined) return `Status: ${status} - ${STATUS_CODES[status]}: `;
  return `Status: ${status} - ApiError ${data.code}: ${data.message} (null) More info: ${data.more_info}: `;
}

/** The system's code says more than the message of a failed connection, and some have no message at all. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code: unknown = Reflect.get(cause, "code");
  if (typeof code === "string") return code;
  return cause.cause === undefined ? cause.message : reasonOf(cause.cause);
}
