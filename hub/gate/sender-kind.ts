/** The kind of a sender, which decides the registration that its texts need. It is derived from the number, so no config can state it wrongly. */

/** The kinds of senders. `local` is every number that is neither of the others. */
export const SENDER_KINDS = ["local", "toll-free", "whatsapp"] as const;
export type SenderKind = (typeof SENDER_KINDS)[number];

/** The registration of each kind, in words. */
export const REGISTRATIONS: Readonly<Record<SenderKind, string>> = {
  local: "A2P 10DLC",
  "toll-free": "toll-free verification",
  whatsapp: "WhatsApp",
};

/** The toll-free codes in use (https://www.fcc.gov/consumers/guides/what-toll-free-number-and-how-does-it-work, read in November 2026). */
const TOLL_FREE = /^\+1(800|833|844|855|866|877|888)\d{7}$/;

/**
 * The kind of a sender.
 *
 * @param sender a number in E.164, or an address like `whatsapp:+19497798471`
 */
export function senderKind(sender: string): SenderKind {
  if (/^whatsapp:/i.test(sender)) return "whatsapp";
  return TOLL_FREE.test(sender) ? "toll-free" : "local";
}
