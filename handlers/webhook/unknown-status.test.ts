import { afterEach, describe, expect, it, vi } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { sendToApp } from "../testing/hosts.ts";
import { CREDENTIALS, formWebhook, PARAMETERS, testManifest } from "../testing/manifest.ts";
import { createApp } from "./app.ts";

const manifest = testManifest();
const app = createApp({
  manifest,
  credentials: CREDENTIALS,
  store: { keep: async ({ answer }) => ({ answer, how: "stored" }) },
  answerDeadlineMs: 4_000,
});
const url = (path: string) => `${manifest.hosts.canonical.url}${path}`;

/** Sends webhooks, and returns the entries of the log with the level `warn`. The last webhook's entry marks the end. */
async function warningsAfter(...webhooks: readonly Parameters<typeof formWebhook>[]): Promise<unknown[]> {
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(...String(text).split("\n")) > 0);
  for (const webhook of webhooks) await sendToApp(app)(formWebhook(...webhook));
  const entries = () => lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  await eventually(() => expect(entries().filter(({ msg }) => msg === "webhook")).toHaveLength(webhooks.length));
  return entries().filter(({ level }) => level === "warn");
}

afterEach(() => vi.restoreAllMocks());

describe("a status that this release does not know", () => {
  it.each([
    ["call", "/voice/status", { ...PARAMETERS["call-status"], CallStatus: "screened" }, "call-status", "screened"],
    ["text", "/sms/status", { ...PARAMETERS["text-status"], MessageStatus: "held" }, "text-status", "held"],
  ])("of a %s is logged for a person", async (_what, path, parameters, event, status) => {
    const msg = "Twilio reports a status that this release does not know";
    expect(await warningsAfter([url(path), parameters])).toEqual([expect.objectContaining({ msg, event, status })]);
  });

  it("is not taken for one if the status is known, or if there is no status", async () => {
    const known = { ...PARAMETERS["text-status"], MessageStatus: "partially_delivered" };
    const recording = PARAMETERS["recording-complete"];
    expect(await warningsAfter([url("/sms/status"), known], [url("/voice/recording-complete"), recording])).toEqual([]);
  });
});
