/**
 * Reads the SIDs of the account's numbers, using only GET. Twilio's SDK is not used, because it can send texts.
 * Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
 */
import { type Agent, get } from "node:https";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { isJson, refusalText } from "../../infra/vendors/refusal.ts";
import { UserError } from "../cli/run-tool.ts";

/** The time in which Twilio must answer, in milliseconds. */
const TIMEOUT_MS = 20_000;

/** The credentials of a Twilio account. */
export interface TwilioAccess {
  readonly accountSid: string;
  readonly authToken: string;
  /** Set if Twilio is reached through a proxy. */
  readonly agent: Agent | undefined;
}

const VENDOR = {
  vendor: "Twilio",
  credentials: "hub:twilio.accountSid and hub:twilio.authToken",
  names: "hub:twilio.accountSid",
  statusPage: "https://status.twilio.com",
};

/** An answer, as far as it is read. */
interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly retryAfter: string | null;
  readonly body: string;
}

const Page = z.object({
  incoming_phone_numbers: z.array(z.object({ sid: z.string(), phone_number: z.string() })),
});

/**
 * Reads the SID of a number.
 *
 * @param number in E.164
 * @returns undefined if the account does not have the number
 * @throws UserError if Twilio refuses or does not answer
 */
export async function readNumberSid(access: TwilioAccess, number: string): Promise<string | undefined> {
  const { body, ...answer } = await readPage(
    access,
    `IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(number)}`,
  );
  if (answer.status !== 200 || !isJson(answer.contentType)) throw new UserError(refusalText({ ...VENDOR, ...answer }));
  // The filter also matches parts of a number.
  const page = Page.parse(JSON.parse(body));
  return page.incoming_phone_numbers.find(({ phone_number }) => phone_number === number)?.sid;
}

/** Sends a GET request. No message shows its URL, because it holds the account's SID. */
function readPage({ accountSid, authToken, agent }: TwilioAccess, path: string) {
  const url = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/${path}`;
  const options = {
    auth: `${accountSid}:${authToken}`,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(agent && { agent }),
  };
  return new Promise<Answer>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) =>
      reject(new UserError(`Twilio did not answer (${cause.code ?? cause.message}); check the network`, { cause }));
    const asked = get(url, options, (response) => {
      const { statusCode = 0, headers } = response;
      const [contentType, retryAfter] = [headers["content-type"] ?? null, headers["retry-after"] ?? null];
      text(response).then((body) => resolve({ status: statusCode, contentType, retryAfter, body }), refuse);
    });
    asked.on("error", refuse);
  });
}
