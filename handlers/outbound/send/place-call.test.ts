import { expect, test } from "vitest";
import { registeredUrls, routeUrl } from "../../../hub/urls/urls.ts";
import { E164 } from "../../../hub/values/values.ts";
import { apiAccount } from "../../start/validity.ts";
import { CREDENTIALS, testManifest } from "../../testing/manifest.ts";
import { placeCall } from "./place-call.ts";

test("the answered call gets the TwiML of its own route, and Twilio reports to registered URLs", async () => {
  const manifest = testManifest();
  const from = E164.parse(manifest.numbers[0]?.number);
  const urls = registeredUrls(manifest, from);
  const path = "/voice/survey";
  const other = { path, event: "inbound-call", title: "Survey", status: "approved", role: "voiceUrl" } as const;
  const routes = [...manifest.routes, other];
  const sent: RequestInit[] = [];
  const fetch = async (_url: string, init: RequestInit) => {
    sent.push(init);
    return Response.json({ sid: `CA${"1".repeat(32)}` }, { status: 201 });
  };
  const account = { ...apiAccount(CREDENTIALS), fetch };
  const voiceUrl = routeUrl({ ...manifest, routes }, path);
  const outcome = await placeCall({ to: E164.parse("+12135550100"), from }, { ...urls, voiceUrl }, account);
  expect(outcome).toMatchObject({ kind: "created" });
  expect(Object.fromEntries(new URLSearchParams(String(sent[0]?.body)))).toMatchObject({
    Url: `${manifest.hosts.canonical.url}/voice/survey`,
    StatusCallback: urls.statusCallback,
  });
});
