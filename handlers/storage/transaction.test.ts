import type { Pool } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LocalPostgres, startPostgres } from "../../tools/postgres/postgres.ts";
import { connectDatabase } from "./database.ts";
import { inTransaction } from "./transaction.ts";

let postgres: LocalPostgres;
let pool: Pool;
beforeAll(async () => {
  postgres = await startPostgres();
  pool = connectDatabase(await postgres.createDatabase("hub"), 2);
  await pool.query("create table counted (number integer)");
});
afterAll(async () => {
  await pool.end();
  await postgres.close();
});

const numbers = async () =>
  (await pool.query("select number from counted order by 1")).rows.map(({ number }) => number);

it("commits if the work returns, and stores nothing if it throws", async () => {
  expect(
    await inTransaction(pool, async (client) => (await client.query("insert into counted values (1)")).rowCount),
  ).toBe(1);
  const failing = inTransaction(pool, async (client) => {
    await client.query("insert into counted values (2)");
    throw new Error("on purpose");
  });
  await expect(failing).rejects.toThrow("on purpose");
  expect(await numbers()).toEqual([1]);
});

it("survives a cut of the connection between two statements", async () => {
  const cut = inTransaction(pool, async (client) => {
    await client.query("insert into counted values (3)");
    const { rows } = await client.query("select pg_backend_pid() as pid");
    const ended = new Promise((resolve) => client.once("end", resolve));
    await pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await ended;
  });
  await expect(cut).rejects.toThrow();
  expect(await numbers()).toEqual([1]);
});
