/** The handler's app alone, without its server and its database. */
import type { Credentials } from "../../../handlers/start/credentials.ts";
import { sendToApp } from "../../../handlers/testing/hosts.ts";
import { createApp } from "../../../handlers/webhook/app.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import type { HubStorage } from "../../support/handler/hub-storage.ts";
import type { Handler } from "./judge.ts";

/** Makes an app that accepts what the credentials sign, and keeps nothing. */
export function appHandler(manifest: Manifest, credentials: Credentials): Handler {
  const keep: HubStorage["store"]["keep"] = async ({ answer }) => ({ answer, how: "stored" });
  const send = sendToApp(createApp({ manifest, credentials, store: { keep }, answerDeadlineMs: 60_000 }));
  return { manifest, answer: (requests) => Promise.all(requests.map(send)) };
}
