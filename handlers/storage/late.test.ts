import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { type SlowLink, startSlowLink } from "../../test/support/handler/slow-link.ts";
import { connectDatabase } from "./database.ts";
import { createStore, type Store } from "./store.ts";
import { callRecord, saying } from "./testing/records.ts";

/** A first statement, with its text, takes more than a second over the link. */
const BYTES_PER_SECOND = 4_500;

let storage: HubStorage;
let link: SlowLink;
let store: Store;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  storage = await startHubStorage();
  link = await startSlowLink(Number(new URL(storage.databaseUrl).port), BYTES_PER_SECOND);
});
afterAll(async () => {
  for (const close of closing) await close();
  await link.close();
  await storage.close();
});
beforeEach(async () => {
  const pool = connectDatabase(Object.assign(new URL(storage.databaseUrl), { port: String(link.port) }).href, 2);
  closing.push(() => pool.end());
  await Promise.all([pool.query("select 1"), pool.query("select 1")]);
  store = createStore({ pool, spool: storage.spool });
});

const fallback = () => saying("fallback");
/** The time of an answer to a webhook that has just arrived, and of one whose body took almost all of it. */
const fresh = () => performance.now() + 4_000;
const slowBody = () => performance.now() + 1_350;
const soon = () => new Promise((done) => setTimeout(done, 20));

/** Keeps a webhook, and adds its name to the list when it is answered. */
const keep = async (answered: string[], name: string, answerBy: number) => {
  const { how } = await store.keep(callRecord(), fallback, answerBy);
  answered.push(`${name}: ${how}`);
};

describe("a webhook whose body came late", () => {
  it("does not wait for the statements of others", async () => {
    const answered: string[] = [];
    const first = keep(answered, "fresh", fresh());
    await soon();
    const second = keep(answered, "fresh", fresh());
    await soon();
    await Promise.all([first, second, keep(answered, "slow", slowBody())]);
    expect(answered).toEqual(["slow: spooled", "fresh: stored", "fresh: stored"]);
  });

  it("does not take the fresh ones of its statement with it", async () => {
    const answered: string[] = [];
    await Promise.all([keep(answered, "slow", slowBody()), ...[1, 2, 3].map(() => keep(answered, "fresh", fresh()))]);
    expect(answered).toEqual(["slow: spooled", "fresh: stored", "fresh: stored", "fresh: stored"]);
  });

  it("does not take those with it that wait for its statement's end", async () => {
    const answered: string[] = [];
    const first = [keep(answered, "slow", slowBody()), keep(answered, "fresh", fresh())];
    await soon();
    await Promise.all([...first, keep(answered, "waits", fresh())]);
    expect(answered).toEqual(["slow: spooled", "fresh: stored", "waits: stored"]);
  });

  it("is no sign that the database is away", async () => {
    const answered: string[] = [];
    await keep(answered, "slow", slowBody());
    expect([...answered, store.isDatabaseUp()]).toEqual(["slow: spooled", true]);
    await keep(answered, "fresh", fresh());
    expect(answered.at(-1)).toBe("fresh: stored");
  });
});
