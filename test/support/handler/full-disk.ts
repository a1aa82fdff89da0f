/**
 * Keeps webhooks in a spool until its disk is full, without a database, and prints the readiness before and after in JSON. A test runs it as a process
 * of its own, because the limit that stands in for the disk holds for a whole process.
 */
import { readinessOf } from "../../../handlers/hosts/readiness.ts";
import { setLogLevel } from "../../../handlers/log/log.ts";
import { openSpool } from "../../../handlers/spool/spool.ts";
import { connectDatabase } from "../../../handlers/storage/database.ts";
import { createHealth } from "../../../handlers/storage/health.ts";
import { createStore } from "../../../handlers/storage/store.ts";
import { callRecord } from "../../../handlers/storage/testing/records.ts";

/** More than any limit of the test takes. */
const MOST = 5_000;

const [file = "", length = ""] = process.argv.slice(2);
setLogLevel("error");
const spool = openSpool(file);
// Nothing listens there.
const pool = connectDatabase("postgres://127.0.0.1:1/hub", 1);
const store = createStore({ pool, spool });
const health = createHealth({ pool, spool, store });
const readiness = async () => {
  const { ready, spool: state } = readinessOf(await health(), false);
  return { ready, spool: state };
};

const before = await readiness();
let kept = 0;
let refused: string | undefined;
while (refused === undefined && kept < MOST) {
  const answer = { status: 200, body: "x".repeat(Number(length)) };
  try {
    await store.keep(callRecord(), () => answer, performance.now() + 4_000);
    kept += 1;
  } catch {
    refused = "unavailable";
  }
}
process.stdout.write(JSON.stringify({ before, kept, refused, after: await readiness() }));
process.exit();
