/** Schemas of the parameters that several events share. */
import { z } from "zod";

/** A SID: its prefix and 32 hex digits (https://www.twilio.com/docs/glossary/what-is-a-sid). */
const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-f]{32}$`));

export const CallSid = sid("CA");
/** `MM` is a text with media. */
export const MessageSid = sid("(SM|MM)");
export const RecordingSid = sid("RE");
export const TranscriptionSid = sid("[A-Z]{2}");

/** The status of a call, a text, a recording or a transcription. */
export const Status = z
  .string()
  .max(64)
  .regex(/^[a-z]+([-_][a-z]+)*$/);

/** A whole number; undefined if it is empty, since a call must not fail over a number that may be left out. */
export const WholeNumber = z
  .string()
  .regex(/^\d{0,9}$/)
  .transform((digits) => (digits === "" ? undefined : Number(digits)));

/** The two parties of a call or text. */
export const Parties = {
  From: z.string().exactOptional(),
  To: z.string().exactOptional(),
  Direction: z.string().exactOptional(),
};
