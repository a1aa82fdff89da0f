import { expect, test } from "vitest";
import { parseConfig } from "../../config/parse.ts";
import { gateFileContent } from "../../gate/gate-file.ts";
import { STAGE_SCRIPT } from "../../scripts/stage-release.ts";
import { REMOVE_ON_MACHINE, WRITE_ON_MACHINE } from "../../scripts/write-gate-file.ts";
import { configWith, gatesWith, SOURCE } from "../../testing/config.ts";
import { commandProblems, isCommand } from "./known-commands.ts";
import { LOCAL_COMMAND_TYPE } from "./known-scripts.ts";

const UNKNOWN = Symbol("unknown");
const CONTEXT = { config: parseConfig(configWith({}), SOURCE), gates: gatesWith(), today: "2026-11-20" };
const VARIABLES = { HUB_MANIFEST: UNKNOWN, HUB_RELEASE: "a", HUB_RELEASES: "b" };

/** The problems of a staged release with some of its inputs replaced. */
const problems = (
  inputs: Readonly<Record<string, unknown>> = {},
  place: { name?: string; type?: string; isOfDeployment?: boolean } = {},
) =>
  commandProblems(
    {
      ...{ type: LOCAL_COMMAND_TYPE, name: "staged-release", isOfDeployment: true, ...place },
      inputs: { create: STAGE_SCRIPT, environment: VARIABLES, ...inputs },
      isUnknown: (value) => value === UNKNOWN,
    },
    CONTEXT,
  );

test("every type of the package runs commands, and no other type does", () => {
  for (const type of [LOCAL_COMMAND_TYPE, "command:remote:Command", "command:remote:CopyToRemote"])
    expect(isCommand(type)).toBe(true);
  for (const type of ["pulumi:providers:command", "hub:index:Deployment", ""]) expect(isCommand(type)).toBe(false);
});

test("the hub's own commands pass", () => {
  expect(problems()).toEqual([]);
  expect(
    problems({ triggers: UNKNOWN, logging: "none", addPreviousOutputInEnv: true, update: undefined, dir: null }),
  ).toEqual([]);
  expect(problems({ environment: undefined })).toEqual([]);
  const environment = { HUB_GATE: gateFileContent(CONTEXT.gates), HUB_GATE_FILE: "gate", HUB_GATE_MAC: UNKNOWN };
  const file = { create: WRITE_ON_MACHINE, delete: REMOVE_ON_MACHINE, environment };
  expect(problems(file, { name: "gate-file" })).toEqual([]);
});

test.each([
  { name: "other" },
  { isOfDeployment: false },
  { type: "command:remote:Command" },
  { type: "command:remote:CopyToRemote" },
])("a command that is not the deployment's is refused: %o", (place) => {
  expect(problems({}, place)).toEqual([expect.stringMatching(/ is not a command of the hub's deployment; remove it/)]);
});

test.each<[Readonly<Record<string, unknown>>, string]>([
  [{ create: `${STAGE_SCRIPT}\n` }, "create: found a script with the SHA-256 "],
  [{ create: undefined }, "create: found no script; expected the script with the SHA-256 "],
  [{ create: UNKNOWN }, "create: the script is not known in the preview; expected the script"],
  [{ create: [STAGE_SCRIPT] }, "create: found a value that is not text"],
  [{ update: STAGE_SCRIPT }, "update: found a script with the SHA-256 "],
  [{ update: "" }, "update: found a script with the SHA-256 "],
  [{ update: ["reboot"] }, "update: found a value that is not text; expected none"],
  [{ delete: UNKNOWN }, "delete: the script is not known in the preview; expected none"],
  ...["interpreter", "dir", "stdin", "assetPaths", "connection"].map((input): [Record<string, unknown>, string] => [
    { [input]: UNKNOWN },
    `${input}: is set, and can change what runs; remove it`,
  ]),
  [{ environment: UNKNOWN }, "environment: the variables' names are not known"],
  [
    { environment: { ...VARIABLES, PATH: UNKNOWN } },
    "environment.PATH: is not one of the script's variables (HUB_MANIFEST, ",
  ],
])("an input that is not the script's own is refused: %o", (inputs, expected) => {
  const found = problems(inputs);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`staged-release.${expected}`);
  expect(found[0]).toContain("see hub/guards/commands/known-scripts.ts");
  expect(found[0]).not.toContain(STAGE_SCRIPT);
});

test("each problem is a line", () => {
  expect(problems({ create: "a", update: "b", dir: "c", environment: { PATH: "d", ENV: "e" } })).toHaveLength(5);
});
