import { expect, test } from "vitest";
import { gatesWith, manifestWith } from "../testing/config.ts";
import { APPROVED_RECORD } from "../testing/records.ts";
import { PENDING_PATH, TEST_ROUTES } from "../testing/routes.ts";
import { funnelRegistry, registryRows } from "./registry.ts";
import { isRouted, ROUTES } from "./routes.ts";

const manifest = manifestWith({}, TEST_ROUTES);

const SENDERS = { numbers: manifest.numbers, gates: gatesWith() };

/** The cells of the table's lines, parsed from the Markdown. */
function cells(table: string): string[][] {
  const lines = table.split("\n").filter((line) => line.startsWith("| /"));
  return lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const counts = (table: string) => table.split("\n")[2];

test("the counts are those of the list", () => {
  const statuses = cells(funnelRegistry(manifest, SENDERS)).map(([, , status]) => status);
  const count = (status: string) => statuses.filter((found) => found === status).length;
  expect(counts(funnelRegistry(manifest, SENDERS))).toBe(
    `${count("approved") + count("alias")} routed paths: ${count("approved")} approved, ${count("alias")} alias. ${count("pending")} pending.`,
  );
});

test("the route table has six approved paths, two aliases and one pending", () => {
  const table = funnelRegistry({ ...manifest, routes: ROUTES }, SENDERS);
  expect(counts(table)).toBe("8 routed paths: 6 approved, 2 alias. 1 pending.");
  expect(cells(table)).toContainEqual(["/whatsapp/webhook", "Inbound WhatsApp", "pending", "-", "-"]);
});

test("the counts change with the list", () => {
  const routes = ROUTES.filter(isRouted)
    .filter(({ path }) => path !== "/sms")
    .map((route) => ({ ...route, status: "approved" as const }));
  expect(counts(funnelRegistry({ ...manifest, routes }, SENDERS))).toBe(
    "7 routed paths: 7 approved, 0 alias. 0 pending.",
  );
});

test("every route has its line, with its URL on each host that delivers it", () => {
  const table = cells(
    funnelRegistry(
      manifestWith({ "hosts.funnel.mounts": ["/voice"], "hosts.funnel.registerFallback": false }, TEST_ROUTES),
      SENDERS,
    ),
  );
  expect(table.map(([path]) => path)).toEqual(TEST_ROUTES.map(({ path }) => path));
  const url = "https://webhook.reri.co/voice/webhook";
  const funnelUrl = "https://srv1347501.tailb025a7.ts.net/voice/webhook";
  expect(table).toContainEqual(["/voice/webhook", "Inbound call", "approved", url, funnelUrl]);
  expect(table).toContainEqual([
    "/sms/status",
    "SMS delivery status",
    "approved",
    "https://webhook.reri.co/sms/status",
    "-",
  ]);
  expect(table).toContainEqual([PENDING_PATH, "Inbound fax", "pending", "-", "-"]);
});

test("the table is aligned and ends with one line feed", () => {
  const text = funnelRegistry(manifest, SENDERS);
  const widths = text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.length);
  expect(widths).toHaveLength(TEST_ROUTES.length + 2);
  expect(new Set(widths).size).toBe(1);
  expect(text).toMatch(/[^\n]\n$/);
});

test("the rows for machines have null if a host does not deliver the path", () => {
  const rows = registryRows(
    manifestWith({ "hosts.funnel.mounts": ["/sms"], "hosts.funnel.registerFallback": false }, TEST_ROUTES),
  );
  expect(rows.map(({ path }) => path)).toEqual(TEST_ROUTES.map(({ path }) => path));
  expect(rows[0]).toEqual({
    path: "/voice/webhook",
    event: "Inbound call",
    status: "approved",
    canonicalUrl: "https://webhook.reri.co/voice/webhook",
    funnelUrl: null,
  });
});

test("below the table stands which number may text, and why the others may not", () => {
  const lines = funnelRegistry(manifest, SENDERS).trimEnd().split("\n").slice(-3);
  expect(lines).toEqual([
    "",
    '- primary +19497798471 (A2P 10DLC) may not text: status is "denied"; no campaignSid; no approvedOn; no B14a signOff',
    "- toll-free +18446883807 (toll-free verification) may not text: hub:tollfree is missing",
  ]);
  const gates = gatesWith({ tendlc: APPROVED_RECORD });
  expect(funnelRegistry(manifest, { ...SENDERS, gates })).toContain("\n- primary +19497798471 (A2P 10DLC) may text\n");
});
