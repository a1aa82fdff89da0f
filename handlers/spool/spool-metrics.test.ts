import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { callRecord } from "../storage/testing/records.ts";
import { openSpool, type Spool } from "./spool.ts";
import { spoolMetrics } from "./spool-metrics.ts";

let folder: string;
let writer: Spool;
let reader: Spool;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "twilio-hub-spool-"));
  [writer, reader] = [openSpool(join(folder, "spool.sqlite")), openSpool(join(folder, "spool.sqlite"))];
});
afterEach(async () => {
  vi.useRealTimers();
  writer.close();
  reader.close();
  await rm(folder, { recursive: true });
});

/** The lines of the metrics, without the comments. */
const lines = async (spool: Spool) =>
  (await spoolMetrics(spool).metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));

it("shows what another process has put into the spool, set aside and removed", async () => {
  expect(await lines(reader)).toEqual(["hub_spool_depth 0", "hub_spool_oldest_seconds 0", "hub_spool_refused 0"]);
  writer.keep([callRecord(), callRecord(), callRecord()]);
  expect(await lines(reader)).toContain("hub_spool_depth 3");
  const heads = writer.heads({ count: 3, length: 1_000_000, without: { rows: [], kinds: [] } });
  const [first, ...others] = heads;
  if (first !== undefined) writer.setAside(first, "because");
  expect(await lines(reader)).toEqual(expect.arrayContaining(["hub_spool_depth 2", "hub_spool_refused 1"]));
  writer.remove(others);
  expect(await lines(reader)).toContain("hub_spool_depth 0");
});

it("shows the age of the oldest webhook", async () => {
  vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
  writer.keep([callRecord()]);
  vi.advanceTimersByTime(90_000);
  writer.keep([callRecord()]);
  expect(await lines(reader)).toContain("hub_spool_oldest_seconds 90");
});

it("shows no number if the file cannot be read", async () => {
  const fail = (): never => {
    throw new Error("the disk is gone");
  };
  const broken = { ...reader, depth: fail, oldestKeptAt: fail, refusedCount: fail };
  expect(await lines(broken)).toEqual(["hub_spool_depth Nan", "hub_spool_oldest_seconds Nan", "hub_spool_refused Nan"]);
});
