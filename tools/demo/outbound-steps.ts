import { z } from "zod";
import { createOutboundClient, type OutboundClient } from "../../handlers/outbound/client/client.ts";
import { HELPER_REFERENCES } from "../../loopback/seed-helpers.ts";
import { twimlUrl } from "../../loopback/twilio/webhooks/twiml-url.ts";
import type { RunningHandler } from "../loopback/running-handler.ts";
import { vaultValue } from "../loopback/secrets.ts";
import type { LoopbackStack } from "../loopback/stack.ts";
import type { DemoDatabase } from "./demo-database.ts";
import { lastAnswer } from "./last-answer.ts";
import type { Steps } from "./steps.ts";

const PERSON = "+12125550177";
const ROUTE = "/voice/webhook";

const Problem = z.object({ errors: z.array(z.object({ detail: z.string() })) });

/** Shows a call that the hub places, and texts that are not sent. */
export async function showOutbound(
  steps: Steps,
  stack: LoopbackStack,
  handler: RunningHandler | undefined,
  database: DemoDatabase,
): Promise<void> {
  const url = `http://127.0.0.1:${handler?.adminPort}`;
  const token = await vaultValue(stack.cloud, HELPER_REFERENCES.outboundToken);
  const client = createOutboundClient({ url, token });
  const [from = ""] = [...stack.cloud.twilio.state.numbers.values()].map((number) => number.phone_number);
  await showCall(steps, stack, client, from, database);
  await steps.check("a text while A2P 10DLC is unapproved", "blocked: B14a; 0 texts left", async () => {
    const { id } = await client.sendMessage({ to: PERSON, from, body: "Our spring offers are here." });
    const { state, reason } = await client.settled("message", id);
    return `${state}: ${/B14a/.exec(reason ?? "")?.[0]}; ${sentTexts(stack)} texts left`;
  });
  await steps.check("a text to a whatsapp: address", "422 WhatsApp is pending; 0 texts left", async () => {
    const answer = await fetch(`${url}/outbound/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": "whatsapp" },
      body: JSON.stringify({ to: `whatsapp:${PERSON}`, from, body: "Hello." }),
    });
    const [problem] = Problem.parse(await answer.json()).errors;
    return `${answer.status} ${/^WhatsApp is pending/.exec(problem?.detail ?? "")?.[0]}; ${sentTexts(stack)} texts left`;
  });
}

async function showCall(
  steps: Steps,
  { cloud }: LoopbackStack,
  client: OutboundClient,
  from: string,
  database: DemoDatabase,
): Promise<void> {
  cloud.twilio.faults.fail({ status: 429, method: "POST", path: "/Calls" });
  const { id } = await client.placeCall({ to: PERSON, from, route: ROUTE }, "demo-call");
  const { sid, attempts } = await client.settled("call", id);
  const again = await client.placeCall({ to: PERSON, from, route: ROUTE }, "demo-call");
  const calls = () => cloud.twilio.state.calls.filter(({ resource }) => resource.to === PERSON);
  await steps.check(
    "a call, answered 429 once and requested twice under one key",
    "1 call after 2 attempts, one id",
    async () => `${calls().length} call after ${attempts} attempts, ${again.id === id ? "one id" : "two ids"}`,
  );
  await steps.check("the person answers and is connected to the agent", "200 <Dial>, recorded", async () => {
    const answered = lastAnswer(await cloud.answerCall(sid ?? ""));
    const recording = twimlUrl(answered.body, "Dial", "recordingStatusCallback");
    await cloud.endDial(sid ?? "", { action: twimlUrl(answered.body, "Dial"), status: "completed", seconds: 20 });
    await cloud.completeRecording(sid ?? "", { url: recording, seconds: 1 });
    await cloud.completeCall(sid ?? "", 25);
    return `${answered.text}, ${recording === "" ? "not recorded" : "recorded"}`;
  });
  const row = `select direction, status, duration_seconds, recording_location is not null from twilio_calls where call_sid = '${sid}'`;
  const expected = "outbound-api, completed, 25, true";
  await steps.check("the call's row in the database, with its recording", expected, () =>
    database.settled(row, expected),
  );
}

function sentTexts({ cloud }: LoopbackStack): number {
  return cloud.twilio.state.messages.filter(({ resource }) => resource.direction !== "inbound").length;
}
