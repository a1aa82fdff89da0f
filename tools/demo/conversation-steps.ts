import type { LoopbackCloud } from "../../loopback/cloud.ts";
import type { Delivery } from "../../loopback/twilio/webhooks/deliver.ts";
import { twimlUrl } from "../../loopback/twilio/webhooks/twiml-url.ts";
import type { LoopbackStack } from "../loopback/stack.ts";
import type { DemoDatabase } from "./demo-database.ts";
import { lastAnswer } from "./last-answer.ts";
import type { Steps } from "./steps.ts";

const CALLER = "+12125550123";
const WORDS = "I would like to talk about the house on Elm Street.";

/** Shows a whole call: its turns, the agent, the recording, its row in the database, and its events at the agents. */
export async function showConversation(steps: Steps, { cloud }: LoopbackStack, database: DemoDatabase): Promise<void> {
  const [number] = cloud.twilio.state.numbers.values();
  const to = number?.phone_number ?? "";
  const call = await cloud.placeCall({ to, from: CALLER });
  const where = `where call_sid = '${call.sid}'`;
  const first = actionOf(call, "Gather");
  const silent = await cloud.sayTurn(call.sid, { action: first, speech: "" });
  const second = actionOf(silent, "Gather");
  await steps.check(
    "a silent caller is asked again, at another URL",
    "turns 1 and 2",
    async () => `turns ${turnOf(first)} and ${turnOf(second)}`,
  );
  const spoken = await cloud.sayTurn(call.sid, { action: second, speech: WORDS });
  await steps.check("a caller who speaks is connected", "200 <Dial>", async () => lastAnswer(spoken).text);
  await finish(cloud, call.sid, spoken);
  const row = `select status, duration_seconds, recording_location is not null from twilio_calls ${where}`;
  await steps.check("the call's row in the database, with its recording", "completed, 42, true", () =>
    database.settled(row, "completed, 42, true"),
  );
  const stored = [...cloud.storage.state.objects.values()].map(({ bytes }) => bytes.length > 0);
  await steps.check(
    "recordings in Supabase Storage, stored once",
    "1 of 1 with content",
    async () => `${stored.filter(Boolean).length} of ${stored.length} with content`,
  );
  const waiting = "select count(*) from omni_events where dispatch_state = 'waiting'";
  await steps.check("no event is left waiting for the agents", "0", () => database.settled(waiting, "0"));
  await steps.check("the agents that received its events", "atlas and acquisitions, none with deliver", async () => {
    const { runs } = cloud.openclaw.state;
    const agents = ["atlas", "acquisitions"].filter((agent) => runs.some(({ payload }) => payload.agentId === agent));
    const delivering = runs.filter(({ payload }) => payload.deliver).length;
    return `${agents.join(" and ")}, ${delivering || "none"} with deliver`;
  });
}

/** Finishes the call: the agent hangs up, the recording becomes ready, and the call is completed. */
async function finish(cloud: LoopbackCloud, callSid: string, spoken: Delivery): Promise<void> {
  await cloud.endDial(callSid, { action: actionOf(spoken, "Dial"), status: "completed", seconds: 30 });
  const url = twimlUrl(lastAnswer(spoken).body, "Dial", "recordingStatusCallback");
  await cloud.completeRecording(callSid, { url, seconds: 1, media: { notReadyFor: 1 } });
  await cloud.completeCall(callSid, 42);
}

function actionOf(delivery: Delivery, verb: string): string {
  return twimlUrl(lastAnswer(delivery).body, verb);
}

function turnOf(action: string): string {
  return /turn=(\d+)$/.exec(action)?.[1] ?? "none";
}
