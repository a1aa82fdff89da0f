/** The webhooks that are in the database. */
import { firstRow } from "../../../tools/postgres/database-client.ts";
import type { HandlerSite } from "../../support/handler/handler-process.ts";

/** Counts the events of each call, text, recording and transcription by its SID. */
export async function storedEvents({ environment }: HandlerSite): Promise<ReadonlyMap<string, number>> {
  const counted = "select sid, count(*) as events from omni_events group by sid";
  const [list] = await firstRow(
    environment.DATABASE_URL ?? "",
    `select string_agg(sid || '=' || events, ',') from (${counted}) as counted`,
  );
  const pairs = String(list ?? "")
    .split(",")
    .map((pair) => pair.split("="));
  return new Map(pairs.map(([sid = "", events]) => [sid, Number(events)]));
}
