import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { PROJECT } from "../tools/cli/paths.ts";
import { actionlint, hasActionlint } from "./support/rules/actionlint.ts";
import { isMet } from "./support/rules/workflow-condition.ts";

const FOLDER = join(PROJECT, ".github", "workflows");

const Step = z.object({
  if: z.string().optional(),
  "timeout-minutes": z.number().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  with: z.record(z.string(), z.unknown()).default({}),
});
const Permissions = z.record(z.string(), z.enum(["read", "write"]));
const Job = z.object({
  if: z.string().optional(),
  environment: z.string().optional(),
  permissions: Permissions,
  "timeout-minutes": z.number(),
  steps: z.array(Step),
});
const Workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  concurrency: z.object({ group: z.string(), "cancel-in-progress": z.boolean() }),
  jobs: z.record(z.string(), Job),
});

const FILES = (await readdir(FOLDER)).toSorted();
const texts = new Map(
  await Promise.all(FILES.map(async (file) => [file, await readFile(join(FOLDER, file), "utf8")] as const)),
);
const workflows = new Map([...texts].map(([file, text]) => [file, Workflow.parse(parse(text))]));
const jobs = [...workflows].flatMap(([file, workflow]) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file} ${name}`, job })),
);

function workflow(file: string): z.infer<typeof Workflow> {
  const found = workflows.get(file);
  if (found === undefined) throw new Error(`there is no ${file}`);
  return found;
}

const canLint = await hasActionlint();

test.skipIf(!canLint)(
  `actionlint finds nothing in the workflows${canLint ? "" : " (skipped: neither actionlint nor go is installed)"}`,
  async () => {
    expect(await actionlint(FILES.map((file) => join(FOLDER, file)))).toBe("");
  },
);

test.skipIf(!canLint)("actionlint sees a mistake", async () => {
  const folder = await mkdtemp(join(tmpdir(), "workflows-"));
  const file = join(folder, "up.yml");
  await writeFile(file, (texts.get("up.yml") ?? "").replace("needs.plan.outputs.changes", "needs.plan.outputs.change"));
  expect(await actionlint([file])).toContain('property "change" is not defined');
  await rm(folder, { recursive: true });
});

test("no workflow runs with a pull request's code and the repository's secrets by pull_request_target", () => {
  expect([...workflows].map(([file, { on }]) => [file, Object.keys(on)])).toEqual([
    ["drift.yml", ["schedule", "workflow_dispatch"]],
    ["preview.yml", ["pull_request"]],
    ["up.yml", ["push", "workflow_dispatch"]],
  ]);
});

test("every job has the least permissions, and only the one that comments may write, without a checkout or a secret", () => {
  const writing = jobs.filter(({ job }) => Object.values(job.permissions).includes("write"));
  expect(writing.map(({ where, job }) => [where, job.permissions])).toEqual([
    ["preview.yml comment", { "pull-requests": "write" }],
  ]);
  for (const { job } of writing) expect(JSON.stringify(job.steps)).not.toMatch(/actions\/checkout|secrets\.|npm /);
  const others = jobs.filter((entry) => !writing.includes(entry));
  expect(others.map(({ job }) => job.permissions)).toEqual(others.map(() => ({ contents: "read" })));
});

test("every action is pinned by its commit, with its version in a comment, and checkouts leave no credential", () => {
  for (const [file, text] of texts) {
    const uses = text.split("\n").filter((line) => /\buses:/.test(line));
    for (const line of uses) expect(line, file).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
  const checkouts = jobs.flatMap(({ job }) => job.steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")));
  expect(checkouts.map((step) => step.with)).toEqual(checkouts.map(() => ({ "persist-credentials": false })));
});

test("the only secret is 1Password's token, and only jobs with an environment get it", () => {
  for (const text of texts.values()) {
    for (const [, name] of text.matchAll(/secrets\.(\w+)/g)) expect(name).toBe("OP_SERVICE_ACCOUNT_TOKEN");
  }
  const holders = jobs.filter(({ job }) => JSON.stringify(job).includes("secrets."));
  expect(holders.map(({ where, job }) => [where, job.environment])).toEqual([
    ["drift.yml drift", "preview"],
    ["preview.yml production", "preview"],
    ["up.yml plan", "preview"],
    ["up.yml up", "production"],
  ]);
});

const OWN = "osil/twilio-hub";
const FORK = "somebody/twilio-hub";
const BOT = "dependabot[bot]";

/** The jobs of a pull request's workflow that preview it. */
function previewsOf(head: string, author: string, actor: string): string[] {
  const github = {
    repository: OWN,
    actor,
    triggering_actor: "henry",
    event: { pull_request: { head: { repo: { full_name: head } }, user: { login: author } } },
  };
  const { production, loopback } = workflow("preview.yml").jobs;
  return Object.entries({ production, loopback }).flatMap(([name, job]) =>
    isMet(job?.if ?? "", { github }) ? [name] : [],
  );
}

test.each([
  ["a person's", OWN, "henry", "henry", "production"],
  ["a person's that another person updates", OWN, "henry", "karen", "production"],
  ["Dependabot's", OWN, BOT, BOT, "loopback"],
  ["Dependabot's whose branch a person updates", OWN, BOT, "henry", "loopback"],
  ["Dependabot's that a person opens again", OWN, "Dependabot[bot]", "karen", "loopback"],
  ["a person's whose branch Dependabot updates", OWN, "henry", BOT, "loopback"],
  ["a fork's", FORK, "stranger", "stranger", "loopback"],
  ["a fork's that a person of the repository updates", FORK, "stranger", "henry", "loopback"],
  ["a fork's whose branch Dependabot updates", FORK, "henry", BOT, "loopback"],
])(
  "the pull request is %s: one job previews it, and only a person's own branch gets the secrets",
  (_whose, head, author, actor, job) => {
    expect(previewsOf(head, author, actor)).toEqual([job]);
  },
);

test("the preview on the loopback cloud has no secret", () => {
  expect(JSON.stringify(workflow("preview.yml").jobs.loopback)).not.toMatch(/secrets\.|vars\.|op run/);
});

test("up waits for an approval, runs alone, and carries out only the approved plan", () => {
  const { concurrency, jobs: found } = workflow("up.yml");
  expect(concurrency).toEqual({ group: "twilio-hub-prod", "cancel-in-progress": false });
  expect(found.up?.environment).toBe("production");
  const commands = found.up?.steps.flatMap(({ run }) => run ?? []).join("\n");
  expect(commands).toContain("npm run up -- --stack prod --yes --skip-preview --expect preview/plan-record.json");
});

test("a drift check that fails, is cancelled or takes too long sends an alert, with enough time left", () => {
  const { drift } = workflow("drift.yml").jobs;
  const alert = drift?.steps.find(({ run }) => run?.includes("npm run alert"));
  const check = drift?.steps.find(({ run }) => run?.includes("npm run drift"));
  expect(alert?.if).toBe("failure() || cancelled()");
  expect((drift?.["timeout-minutes"] ?? 0) - (check?.["timeout-minutes"] ?? Infinity)).toBeGreaterThanOrEqual(15);
});

test("a push to main that withdraws the approval of texts closes the gate before anything can refuse the plan", () => {
  const commands = workflow("up.yml").jobs.plan?.steps.flatMap(({ run }) => run ?? []) ?? [];
  expect(commands.indexOf("npm run shut-gate -- --stack prod")).toBe(commands.indexOf("npm ci") + 1);
  expect(commands.findIndex((command) => command.includes("preview:files"))).toBe(commands.indexOf("npm ci") + 2);
});

test("no script contains an expression of the workflow, and every npm script that a workflow names exists", async () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(PROJECT, "package.json"), "utf8")));
  const commands = jobs.flatMap(({ job }) => job.steps.flatMap(({ run }) => run ?? []));
  expect(commands.filter((command) => command.includes("${{"))).toEqual([]);
  const named = commands.flatMap((command) =>
    [...command.matchAll(/npm run (?:--silent )?([a-z:-]+)/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(4);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});
