/** The handler's page says what the handler reads and counts. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { registry } from "../handlers/log/metrics.ts";
import { readEnvironment } from "../handlers/start/environment.ts";
import { PROJECT } from "../tools/cli/paths.ts";

const page = await readFile(join(PROJECT, "docs", "handler.md"), "utf8");

/** The names in the first column of the page's tables. */
const documented = [...page.matchAll(/^\| `([A-Za-z_]+)` \|/gm)].map(([, name = ""]) => name);

test("every variable of the environment is on the page, and no other", () => {
  const wrong = { ANSWER_DEADLINE_MS: "x", LOG_LEVEL: "x", OP_SERVICE_ACCOUNT_TOKEN_FILE: "x" };
  const complaints = [wrong, { ...wrong, SUPABASE_URL: "x" }].map((variables) => {
    try {
      return readEnvironment(variables, "server");
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  });
  const read = [...complaints.join("\n").matchAll(/^ {2}- ([A-Z_]+):/gm)].map(([, name = ""]) => name);
  expect(documented.filter((name) => /^[A-Z_]+$/.test(name)).toSorted()).toEqual([...new Set(read)].toSorted());
});

test("every metric of the hub is on the page, and no other", () => {
  const counted = registry.getMetricsAsArray().map(({ name }) => name);
  expect(documented.filter((name) => name.startsWith("hub_")).toSorted()).toEqual(
    counted.filter((name) => name.startsWith("hub_")).toSorted(),
  );
});
