/** `docs/handler.md` lists exactly the variables that the handler reads and the metrics that it counts. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { registry } from "../handlers/log/metrics.ts";
import { spoolMetrics } from "../handlers/spool/spool-metrics.ts";
import { readEnvironment } from "../handlers/start/environment.ts";
import { PROJECT } from "../tools/cli/paths.ts";

const page = await readFile(join(PROJECT, "docs", "handler.md"), "utf8");

/** The names in the first column of the page's tables. */
const documented = [...page.matchAll(/^\| `([A-Za-z_]+)` \|/gm)].map(([, name = ""]) => name);

test("the page lists exactly the variables of the environment", () => {
  const wrong = { ANSWER_DEADLINE_MS: "x", LOG_LEVEL: "x", OP_SERVICE_ACCOUNT_TOKEN_FILE: "x", DATABASE_CA_FILE: "x" };
  const messages = [wrong, { ...wrong, SUPABASE_URL: "x" }].map((variables) => {
    try {
      return readEnvironment(variables, "server");
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  });
  const read = [...messages.join("\n").matchAll(/^ {2}- ([A-Z_]+):/gm)].map(([, name = ""]) => name);
  expect(documented.filter((name) => /^[A-Z_]+$/.test(name)).toSorted()).toEqual([...new Set(read)].toSorted());
});

test("the page lists exactly the metrics of the hub", () => {
  // The metrics are listed, not read, so the spool's file does not matter.
  const spool = spoolMetrics({ depth: () => 0, oldestKeptAt: () => undefined, refusedCount: () => 0 });
  const counted = [registry, spool].flatMap((metrics) => metrics.getMetricsAsArray().map(({ name }) => name));
  expect(documented.filter((name) => name.startsWith("hub_")).toSorted()).toEqual(
    counted.filter((name) => name.startsWith("hub_")).toSorted(),
  );
});
