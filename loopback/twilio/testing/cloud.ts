/** The set-up of the tests of Twilio's webhooks: a loopback cloud, and an origin in the place of the handler. */
import { validateRequest } from "twilio/lib/webhooks/webhooks.js";
import { afterEach, beforeEach } from "vitest";
import { type LoopbackCloud, startLoopbackCloud } from "../../cloud.ts";
import { loopbackConfig, startOrigin, type TestOrigin } from "../../testing.ts";
import type { WebhookAttempt } from "../webhooks/webhook.ts";

export { OWN, PERSON } from "./account.ts";

/** The origin of the URLs that go through the tunnel. */
export const CANONICAL = "https://webhook.reri.co";
/** The origin of the URLs that go through the funnel. */
export const FUNNEL = "https://srv1347501.tailb025a7.ts.net";

/** The cloud and the origin of the current test. */
export interface CloudSuite {
  cloud(): LoopbackCloud;
  origin(): TestOrigin;
  /**
   * Whether Twilio's own library accepts the signature of a request as the origin received it.
   *
   * @param attempt the attempt that sent the request: its URL is the signed one
   * @param at the request's index at the origin; the last one by default
   * @throws Error if there is no such attempt or request
   */
  verifies(attempt: WebhookAttempt | undefined, at?: number): boolean;
}

/** Starts a cloud and its origin before each test of a file, and closes them after it. */
export function cloudSuite(): CloudSuite {
  let cloud: LoopbackCloud;
  let origin: TestOrigin;
  beforeEach(async () => {
    origin = await startOrigin();
    cloud = await startLoopbackCloud({ config: loopbackConfig(origin.port) });
  });
  afterEach(async () => {
    await cloud.close();
    await origin.close();
  });
  return {
    cloud: () => cloud,
    origin: () => origin,
    verifies: (attempt, at = origin.received.length - 1) => {
      const received = origin.received[at];
      if (attempt === undefined || received === undefined) throw new Error("nothing was sent");
      const signature = String(received.headers["x-twilio-signature"]);
      const params = Object.fromEntries(new URLSearchParams(received.body));
      return validateRequest(cloud.twilio.state.authToken, signature, attempt.url, params);
    },
  };
}
