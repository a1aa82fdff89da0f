/** The files that send requests to Twilio, and for each file a step that makes it send every kind of request that it has. */
import { clearText } from "../../../../handlers/outbound/gate/clearance.ts";
import { findCreated, sidsBefore } from "../../../../handlers/outbound/send/find-created.ts";
import { placeCall } from "../../../../handlers/outbound/send/place-call.ts";
import { postMessage } from "../../../../handlers/outbound/send/post-message.ts";
import { fetchMedia } from "../../../../handlers/recordings/media.ts";
import { E164 } from "../../../../hub/values/values.ts";
import { addRecording } from "../../../../loopback/twilio/recordings.ts";
import { readNumberSid } from "../../../../tools/adopt/twilio-numbers.ts";
import { sendCampaigns, sendNumbers, sendTexts } from "./provider-steps.ts";
import type { Site } from "./site.ts";

/** The number of somebody else. */
const PERSON = E164.parse("+12135550100");

/** The steps by file. */
export const SENDERS: Readonly<Record<string, (site: Site) => Promise<void>>> = {
  "handlers/outbound/send/place-call.ts": async ({ account, number, urls }) => {
    const from = number.number;
    const { voiceFallbackUrl: _, ...withoutFallback } = urls;
    await placeCall({ to: PERSON, from }, withoutFallback, account);
    await placeCall({ to: PERSON, from }, { ...urls, voiceFallbackUrl: urls.voiceUrl }, account);
    await placeCall({ to: PERSON, from: PERSON }, urls, account);
  },
  "handlers/outbound/send/post-message.ts": async ({ account, number, urls }) => {
    for (const from of [number.number, PERSON]) {
      const clearance = clearText({ id: "1", to: PERSON, from, body: "¿Qué? 👋 a&b=c" });
      await postMessage(clearance, from, account, urls.messageStatusCallback);
    }
  },
  "handlers/outbound/send/find-created.ts": async ({ account, number }) => {
    for (const kind of ["call", "message"] as const) {
      const between = { kind, to: PERSON, from: number.number };
      const { sids } = await sidsBefore(between, account);
      await findCreated({ ...between, since: new Date(), before: sids, body: "Hello." }, account);
    }
  },
  "handlers/recordings/media.ts": async ({ account: { fetch: send, ...account }, cloud }) => {
    if (send === undefined) throw new Error("the account has no fetch of its own");
    const settings = { ...account, fetch: (url: URL, init: RequestInit) => send(url.href, init) };
    const callSid = cloud.twilio.state.calls.at(-1)?.resource.sid ?? "";
    const { resource } = addRecording(cloud.twilio.state, { callSid, seconds: 1, source: "RecordVerb" });
    for (const sid of [resource.sid, `RE${"f".repeat(32)}`]) {
      await fetchMedia(sid, settings, new AbortController().signal);
    }
  },
  "tools/adopt/twilio-numbers.ts": async ({ access, number }) => {
    for (const sought of [number.number, PERSON]) await readNumberSid(access, sought);
    await readNumberSid({ ...access, authToken: "wrong" }, PERSON).catch(() => undefined);
  },
  "loopback/engine/twilio/number.ts": sendNumbers,
  "loopback/engine/twilio/messaging.ts": async (site) => {
    await sendTexts(site);
    await sendCampaigns(site);
  },
};

/** The files that reach Twilio only for one of the {@link SENDERS}. */
export const THROUGH: Readonly<Record<string, string>> = {
  "handlers/outbound/send/twilio-answer.ts": "sends what the files beside it build",
  "loopback/engine/twilio/client.ts": "makes the library's client, and sends nothing itself",
  "loopback/engine/twilio/provider.ts": "hands the client to the resources",
};
