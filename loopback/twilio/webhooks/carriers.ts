/**
 * The carriers' answer to a text whose sender is not registered: they take it from Twilio, and do not deliver it. Texts that they would deliver stay as
 * they are until somebody reports a status.
 * Sources: https://www.twilio.com/docs/api/errors/30034 and https://www.twilio.com/docs/api/errors/30032
 */
import { setImmediate } from "node:timers/promises";
import type { TwilioApi } from "../api/api.ts";
import { refusalOf } from "../registrations/sender-refusal.ts";
import type { MessageEvents, MessageReport } from "./message-events.ts";

/** The carriers of an account's texts. */
export interface Carriers {
  /** Waits until the carriers have refused each text so far that they refuse, and the callbacks have been answered. */
  textsSettled(): Promise<void>;
}

/** Starts the carriers. They refuse a text after its creation: a request is accepted first, as by Twilio. */
export function startCarriers(
  { state, texts }: Pick<TwilioApi, "state" | "texts">,
  report: MessageEvents["reportMessageStatus"],
): Carriers {
  const pending = new Set<Promise<void>>();
  const carry = async (sid: string) => {
    await setImmediate();
    const message = state.messages.find(({ resource }) => resource.sid === sid);
    const errorCode = message && refusalOf(state, message.resource);
    if (errorCode === undefined) return;
    const reports: MessageReport[] = [{ status: "sent" }, { status: "undelivered", errorCode }];
    for (const next of reports) {
      // Somebody can delete the text meanwhile.
      if (state.messages.some(({ resource }) => resource.sid === sid)) await report(sid, next);
    }
  };
  texts.on("created", (sid) => {
    const carried = carry(sid).finally(() => pending.delete(carried));
    pending.add(carried);
  });
  return {
    textsSettled: async () => {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}
