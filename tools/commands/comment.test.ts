import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT } from "../cli/paths.ts";
import { commentMarker, commentText, MAX_COMMENT_LENGTH } from "../comment/comment-text.ts";
import { findingOf } from "../plan/policy-findings.ts";
import { PreviewJson } from "../plan/preview-json.ts";

const FIRST = join(PROJECT, "test", "fixtures", "preview-first.json");
const BRIDGED = join(PROJECT, "test", "fixtures", "preview-first-bridged.json");
const ACCOUNT_SID = `AC${"0a".repeat(16)}`;
const AUTH_TOKEN = "5e".repeat(16);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "comment-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function preview(file = FIRST): Promise<PreviewJson> {
  return PreviewJson.parse(JSON.parse(await readFile(file, "utf8")));
}

function run(args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(PROJECT, "tools", "commands", "comment.ts"), ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test("the summary comes first: the operations with their counts, and the findings of the policies", async () => {
  const text = commentText({ stack: "prod", preview: await preview(), findings: [] });
  expect(text.split("\n").slice(0, 7)).toEqual([
    commentMarker("prod"),
    "",
    "### Preview of `prod`",
    "",
    "Resources: 11 to create, 4 to import, 3 to update; 0 unchanged.",
    "",
    "Policies: nothing found.",
  ]);
});

test("the comment of a first preview shows the old and new values of each number and each route", async () => {
  const text = commentText({ stack: "prod", preview: await preview(BRIDGED), findings: [] });
  const number = [
    "(`ApiAccountsIncomingPhoneNumbers`)",
    "  - `smsFallbackUrl`: *none* → `https://srv1347501.tailb025a7.ts.net/sms`",
    "  - `statusCallback`: *none* → `https://webhook.reri.co/voice/status`",
    "  - `voiceFallbackUrl`: *none* → `https://srv1347501.tailb025a7.ts.net/voice`",
  ].join("\n");
  expect(text).toContain(`- **update** \`primary\` ${number}`);
  expect(text).toContain(`- **update** \`toll-free\` ${number}`);
  const rule = (path: string) => `  - \`config.ingresses[webhook.reri.co ${path}]\`:`;
  expect(text).toContain(`${rule("^/voice")} \`http://127.0.0.1:18797\` → *none*`);
  expect(text).toContain(`${rule("^/voice/webhook$")} *none* → \`http://127.0.0.1:18797\` as rule 1`);
  expect(text).not.toMatch(/createdAt|version|stage "/);
});

test("unchanged resources have no line", async () => {
  const { steps, ...rest } = await preview(BRIDGED);
  const unchanged = steps.flatMap((step) => ["same", "refresh", "read"].map((op) => ({ ...step, op })));
  expect(commentText({ stack: "prod", preview: { ...rest, steps: unchanged }, findings: [] })).not.toContain("- **");
});

test("losses come before additions", async () => {
  const { steps, ...rest } = await preview(BRIDGED);
  const ops = (text: string) => [...text.matchAll(/^- \*\*([\w-]+)\*\*/gm)].map(([, op]) => op);
  const [first, ...others] = steps;
  if (first === undefined) throw new Error("the fixture has no step");
  const text = commentText({
    stack: "prod",
    preview: {
      ...rest,
      steps: [first, { ...first, op: "delete" }, { ...first, op: "new in a later engine" }, ...others],
    },
    findings: [],
  });
  expect([...new Set(ops(text))]).toEqual(["newinalaterengine", "delete", "update", "import", "create"]);
});

test("findings come before the steps, with the policy and the resource", async () => {
  const finding = findingOf({
    resourceUrn: "urn:pulumi:loopback::twilio-hub::twilio:index:Campaign::spring-offers",
    message: "<{%fg 1%}>Only types that cannot text pass.\nspring-offers is blocked<{%reset%}>\n",
    policyName: "no-sms-campaign",
    enforcementLevel: "mandatory",
  });
  const text = commentText({ stack: "prod", preview: await preview(), findings: [finding] });
  expect(text).toContain("Policies: **1 violated**, 0 advisory.");
  expect(text).toContain("`no-sms-campaign` (mandatory), `spring-offers`");
  expect(text).toContain("```text\nOnly types that cannot text pass.\nspring-offers is blocked\n```");
  expect(text.indexOf("no-sms-campaign")).toBeLessThan(text.indexOf("- **"));
});

test("the comment of a large preview is cut at its end, below GitHub's limit, and keeps its summary", async () => {
  const { changeSummary, diagnostics, steps } = await preview();
  const [step] = steps;
  if (step === undefined) throw new Error("the fixture has no step");
  const many = Array.from({ length: 5_000 }, (_, index) => ({ ...step, op: "create", urn: `${step.urn}-${index}` }));
  const text = commentText({ stack: "prod", preview: { changeSummary, diagnostics, steps: many }, findings: [] });
  expect(text.length).toBeLessThanOrEqual(MAX_COMMENT_LENGTH);
  expect(text).toContain("Resources: 11 to create");
  expect(text).toMatch(/cut: see the artifact\.\*\n$/);
});

test("credentials, phone numbers and markup in messages are made harmless", async () => {
  const message = `error: ${ACCOUNT_SID} ${AUTH_TOKEN} +19497798471 postgres://hub:hunter2@db/x @everyone \`\`\` | sha256:${"ab".repeat(32)}`;
  const source = { ...(await preview()), diagnostics: [{ severity: "error", message }] };
  const text = commentText({ stack: "<!-- x -->", preview: source, findings: undefined });
  for (const hidden of [ACCOUNT_SID, AUTH_TOKEN, "+19497798471", "hunter2"]) expect(text).not.toContain(hidden);
  expect(text).toContain(`sha256:${"ab".repeat(32)}`);
  expect(text).toContain("**The preview failed.**");
  expect(text).toContain("Policies: not known");
  expect(text.split("```")).toHaveLength(3);
  expect(text.split("\n")[0]).toMatch(/^<!-- [\w .-]+ -->$/);
});

test("the comment says if a run stopped before it had a plan", async () => {
  const empty = join(folder, "empty.json");
  await writeFile(empty, "\n");
  const { code, stdout } = await run(["--stack", "prod", "--preview", empty]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("The run stopped before there was a plan")]);
});

test("the command reads both files, and refuses a file that is not a preview without quoting it", async () => {
  const findings = join(folder, "findings.json");
  await writeFile(findings, JSON.stringify([{ policy: "number-kept", level: "advisory", message: "look" }]));
  const good = await run(["--stack", "prod", "--preview", FIRST, "--findings", findings]);
  expect([good.code, good.stdout]).toEqual([0, expect.stringContaining("**0 violated**, 1 advisory")]);

  const wrong = join(folder, "wrong.json");
  await writeFile(wrong, AUTH_TOKEN);
  const refused = await run(["--stack", "prod", "--preview", wrong]);
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toMatch(/^error: --preview .* was not written by npm run preview; write it again\n$/);
});
