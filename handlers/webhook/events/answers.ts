/** Answers that several events share. */
import { TWIML_TYPE } from "../../call/twiml.ts";
import type { Answer } from "../../twilio/answer.ts";

/** The answer to a callback: Twilio expects no content. */
export const NO_CONTENT: Answer = { status: 204, body: "" };

/** An answer of TwiML. */
export function twimlAnswer(body: string): Answer {
  return { status: 200, type: TWIML_TYPE, body };
}
