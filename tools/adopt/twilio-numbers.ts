/**
 * The SIDs of the account's numbers, asked for with GET alone. Twilio's SDK would do as well, but it can text.
 * Source: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
 */
import { type Agent, get } from "node:https";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { UserError } from "../cli/run-tool.ts";

/** How long Twilio may take, in milliseconds. */
const TIMEOUT_MS = 20_000;

/** What opens an account, and the way to it. */
export interface TwilioAccess {
  readonly accountSid: string;
  readonly authToken: string;
  /** Where Twilio is not reached as it is from everywhere. */
  readonly agent: Agent | undefined;
}

const Page = z.object({
  incoming_phone_numbers: z.array(z.object({ sid: z.string(), phone_number: z.string() })),
});

/**
 * The SID of a number, or undefined where the account does not have it.
 *
 * @param number in E.164
 * @throws UserError where Twilio refuses or does not answer
 */
export async function readNumberSid(access: TwilioAccess, number: string): Promise<string | undefined> {
  const { status, body } = await ask(access, `IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(number)}`);
  if (status !== 200) {
    throw new UserError(
      `Twilio answered ${status} when asked for the numbers; check hub:twilio.accountSid and authToken`,
    );
  }
  // The filter takes a part of a number too.
  const page = Page.parse(JSON.parse(body));
  return page.incoming_phone_numbers.find(({ phone_number }) => phone_number === number)?.sid;
}

/** The path holds the account's SID, so no message shows it. */
function ask({ accountSid, authToken, agent }: TwilioAccess, path: string) {
  const url = `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/${path}`;
  const options = {
    auth: `${accountSid}:${authToken}`,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(agent && { agent }),
  };
  return new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) =>
      reject(new UserError(`Twilio did not answer (${cause.code ?? cause.message}); check the network`, { cause }));
    const asked = get(url, options, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), refuse);
    });
    asked.on("error", refuse);
  });
}
