/** The SIDs of Twilio's resources: a prefix and 32 lower-case hex digits (https://www.twilio.com/docs/glossary/what-is-a-sid). */

export const CALL_SID = /^CA[0-9a-f]{32}$/;
/** `SM`, or `MM` for a text with media. */
export const MESSAGE_SID = /^(SM|MM)[0-9a-f]{32}$/;
export const RECORDING_SID = /^RE[0-9a-f]{32}$/;

/** The SID of any resource. */
export const SID = /^[A-Z]{2}[0-9a-f]{32}$/;
