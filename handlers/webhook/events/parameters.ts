/** Schemas of the parameters that several events share. */
import { z } from "zod";
import { CALL_SID, MESSAGE_SID, RECORDING_SID, SID } from "../../twilio/sid.ts";

export const CallSid = z.string().regex(CALL_SID);
export const MessageSid = z.string().regex(MESSAGE_SID);
export const RecordingSid = z.string().regex(RECORDING_SID);
/** Twilio's pages do not name its prefix. */
export const TranscriptionSid = z.string().regex(SID);

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
