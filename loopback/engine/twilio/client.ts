/** Twilio's own SDK, with errors that say what to check. */
import twilio from "twilio";
import type RequestClient from "twilio/lib/base/RequestClient.js";
import { z } from "zod";
import { refused, unreachable, type Vendor, type VendorRequest } from "../protocol/vendor-error.ts";

/** The SDK's client of one account. */
export type TwilioClient = ReturnType<typeof twilio>;

/** What opens an account. */
export interface TwilioCredentials {
  readonly username: string;
  readonly password: string;
  /** The account that requests act on, where it is not the username. */
  readonly accountSid?: string | undefined;
}

const TWILIO: Vendor = {
  name: "Twilio",
  credentials: "hub:twilio.accountSid and hub:twilio.authToken",
  ids: "hub:numbers and hub:twilio.accountSid",
  endpoint: "hub:endpoints.twilioProxy",
  statusPage: "https://status.twilio.com",
};

const ErrorBody = z.object({ code: z.number().optional(), message: z.string().optional() });
const LAST_SUCCESS = 399;

/**
 * A client of Twilio. It goes through HTTP_PROXY, and trusts NODE_EXTRA_CA_CERTS.
 *
 * @throws VendorError out of every request that is refused or not answered
 */
export function twilioClient({ username, password, accountSid = username }: TwilioCredentials): TwilioClient {
  const httpClient = new ExplainingRequestClient([username, password, accountSid]);
  return twilio(username, password, { accountSid, httpClient });
}

/** The SDK's errors name neither the vendor nor the request, and its 404 shows the account's SID. */
class ExplainingRequestClient extends twilio.RequestClient {
  readonly #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    super();
    this.#secrets = secrets;
  }

  override async request<Data>(options: RequestClient.RequestOptions<Data>) {
    const request: VendorRequest = {
      method: options.method.toUpperCase(),
      path: shortPath(options.uri),
      secrets: this.#secrets,
    };
    const response = await super.request<Data>(options).catch((cause: unknown) => {
      throw unreachable(TWILIO, request, cause);
    });
    const { statusCode: status, body } = response;
    if (status > LAST_SUCCESS) throw refused(TWILIO, request, { status, reason: reason(body) });
    return response;
  }
}

/** `IncomingPhoneNumbers/PN…` of `https://api.twilio.com/2010-04-01/Accounts/AC…/IncomingPhoneNumbers/PN….json`. */
function shortPath(uri: string): string {
  return new URL(uri).pathname.replace(/^\/(?:2010-04-01\/Accounts\/[^/]+\/)?/, "").replace(/\.json$/, "");
}

function reason(body: unknown): string | undefined {
  const { data } = ErrorBody.safeParse(body);
  return [data?.code, data?.message].filter((part) => part !== undefined).join(" ") || undefined;
}
