import { setTimeout as sleep } from "node:timers/promises";
import type { LoopbackStack } from "../loopback/stack.ts";
import type { DemoDatabase } from "./demo-database.ts";
import { lastAnswer } from "./last-answer.ts";
import type { Steps } from "./steps.ts";

const CALLER = "+12125550124";
/** The time in which every call must be answered, in milliseconds. */
const PROMISE_MS = 5_000;

const EVENTS = "select count(*), count(distinct event_id) from omni_events";

/** Shows that a repeated webhook makes no second event, and that nothing is lost while the database is away. */
export async function showOutage(steps: Steps, { cloud }: LoopbackStack, database: DemoDatabase): Promise<void> {
  const [number] = cloud.twilio.state.numbers.values();
  const to = number?.phone_number ?? "";
  await steps.check("every event is stored once", "every event once", async () => {
    const [events, distinct] = (await database.row(EVENTS)).split(", ");
    return events === distinct && events !== "0"
      ? "every event once"
      : `${events} events, ${distinct} of them distinct`;
  });
  await showReplay(steps, cloud, database, to);

  const before = Number(await database.row("select count(*) from omni_events"));
  await database.postgres.stop();
  const startedAt = performance.now();
  const call = await cloud.placeCall({ to, from: CALLER });
  const tookMs = performance.now() - startedAt;
  await steps.check(
    "the database is away: a call",
    "200 <Dial> within 5 s",
    async () => `${lastAnswer(call).text} ${tookMs < PROMISE_MS ? "within 5 s" : `after ${Math.round(tookMs)} ms`}`,
  );
  const text = await cloud.placeText({ to, from: CALLER, body: "Are you there?" });
  await steps.check("the database is away: a text", "200 <Response/>", async () => lastAnswer(text).text);
  await sleep(500);
  await database.postgres.start();
  await steps.check("the database is back: nothing is lost", `${before + 2} events, each once`, async () => {
    const expected = `${before + 2}, ${before + 2}`;
    const [events, distinct] = (await database.settled(EVENTS, expected)).split(", ");
    return `${events} events, ${events === distinct ? "each once" : `${distinct} distinct`}`;
  });
}

async function showReplay(
  steps: Steps,
  cloud: LoopbackStack["cloud"],
  database: DemoDatabase,
  to: string,
): Promise<void> {
  const call = await cloud.placeCall({ to, from: CALLER });
  const [first] = call.attempts;
  if (first === undefined) throw new Error("the call reached no webhook");
  const before = await database.row("select count(*) from omni_events");
  const { url, params, signature } = first;
  await steps.check("a repeated webhook", "the same bytes, no new event", async () => {
    const again = await cloud.sendWebhook({ url, params, signature });
    const isSame = again.status === first.status && again.body === first.body;
    const isNew = (await database.row("select count(*) from omni_events")) !== before;
    return `${isSame ? "the same bytes" : `${again.status} ${again.body}`}, ${isNew ? "a" : "no"} new event`;
  });
}
