import { expect, test } from "vitest";
import { parseConfig } from "../../config/parse.ts";
import { gateFileContent } from "../../gate/gate-file.ts";
import { signingVariables } from "../../signing/signing-variables.ts";
import { type Changes, configWith, gatesWith, SOURCE } from "../../testing/config.ts";
import { OTHER_KEY, signingWith } from "../../testing/signing.ts";
import { variableProblems } from "./known-variables.ts";

const UNKNOWN = Symbol("unknown");
const RELEASE = "a1".repeat(32);
const AUTHORISATION = { release: `sha256:${RELEASE}`, by: "Henry Hill", on: "2026-11-20" };
const RESTART = {
  ...{ HUB_AUTHORISED_BY: "Henry Hill", HUB_AUTHORISED_ON: "2026-11-20", HUB_PROCESS: "twilio" },
  ...{ HUB_RELEASE: RELEASE, HUB_RELEASES: "releases" },
};

/** The problems of a command's variables under a config with some values replaced. */
function problems(
  name: string,
  variables: Readonly<Record<string, unknown>>,
  changes: Changes = {},
  today = "2026-11-20",
): string[] {
  const given = { authorisation: AUTHORISATION, ...changes };
  const context = { config: parseConfig(configWith(given), SOURCE), gates: gatesWith(given), today };
  return variableProblems(name, variables, context, (value) => value === UNKNOWN);
}

test("the restart of hub:authorisation passes", () => {
  expect(problems("restart", RESTART)).toEqual([]);
  expect(problems("restart", { ...RESTART, HUB_TRANSPORT: UNKNOWN })).toEqual([]);
});

test.each([
  ["HUB_AUTHORISED_BY", "Ray Liotta", 'found "Ray Liotta"'],
  ["HUB_AUTHORISED_ON", "2026-11-19", 'found "2026-11-19"'],
  ["HUB_PROCESS", "salesmsg", 'found "salesmsg"'],
  ["HUB_PROCESS", null, "found none"],
  ["HUB_PROCESS", UNKNOWN, "its value is not known in the preview"],
  ["HUB_PROCESS", "a1".repeat(16), "the value found is not shown"],
  ["HUB_RELEASE", "b2".repeat(32), `found ${"b2".repeat(32)}`],
  ["HUB_RELEASES", ["releases"], 'found ["releases"]'],
])("another %s is refused: %s", (variable, value, found) => {
  expect(problems("restart", { ...RESTART, [variable]: value })).toEqual([
    expect.stringMatching(new RegExp(`^environment\\.${variable}: .*; expected hub:[\\w.]+'s$`)),
  ]);
  expect(problems("restart", { ...RESTART, [variable]: value })[0]).toContain(found);
});

test("without variables, each is reported as missing", () => {
  expect(problems("restart", {})).toHaveLength(5);
});

test.each([
  [{ authorisation: undefined }, "hub:authorisation is missing"],
  [{ owners: ["Ray Liotta"] }, 'hub:authorisation.by: "Henry Hill" is not in hub:owners'],
  [{ "authorisation.on": "2026-11-21" }, "hub:authorisation.on: 2026-11-21 is in the future"],
])("no restart is allowed under %o", (changes, problem) => {
  expect(problems("restart", RESTART, changes)).toEqual([expect.stringContaining(`environment: ${problem}`)]);
});

test("the gate file says what the manifest's gate says, at the config's path", () => {
  const own = { HUB_GATE: gateFileContent(gatesWith()), HUB_GATE_FILE: "gate", HUB_GATE_MAC: UNKNOWN };
  expect(problems("gate-file", own)).toEqual([]);
  expect(problems("gate-file", { ...own, HUB_GATE: '{"open":true}' })).toEqual([
    "environment.HUB_GATE: found other approvals; expected hub:tendlc and hub:tollfree's",
  ]);
  expect(problems("gate-file", { ...own, HUB_GATE: undefined, HUB_GATE_FILE: "/etc/passwd" })).toEqual([
    "environment.HUB_GATE: found none; expected hub:tendlc and hub:tollfree's",
    'environment.HUB_GATE_FILE: found "/etc/passwd"; expected hub:handler.gateFile\'s',
  ]);
});

test.each(["/gate", "../gate", "./gate", "a/../gate", "gate/..", "gates"])("%s is a different path", (path) => {
  const gate = { HUB_GATE: gateFileContent(gatesWith()), HUB_GATE_FILE: path };
  expect(problems("gate-file", gate)).toEqual([expect.stringContaining("environment.HUB_GATE_FILE: found ")]);
});

test("the variables of other commands are not checked", () => {
  expect(problems("staged-release", { HUB_RELEASE: UNKNOWN }, { authorisation: undefined })).toEqual([]);
});

const SIGNING = { signing: signingWith() };
const signing = (changes: Changes = {}) =>
  signingVariables(parseConfig(configWith({ ...SIGNING, ...changes }), SOURCE)) ?? {};

test("the Rules and Settings are those of hub:signing", () => {
  expect(problems("signing", { ...signing(), HUB_SIGNING_FOUND: UNKNOWN }, SIGNING)).toEqual([]);
});

test.each([
  ["HUB_SIGNING_SETTINGS", signing().HUB_SIGNING_SETTINGS?.replace(/webhooks_sharedkey_\w+/, OTHER_KEY)],
  ["HUB_SIGNING_RULES", "{}"],
  ["HUB_SIGNING_RULES", UNKNOWN],
  ["HUB_SIGNING_QUERIES", "matched"],
  ["HUB_SIGNING_HOSTS", "https://elsewhere.example"],
  ["HUB_TWILIO_USERNAME", "op://Aurora/twilio/account-sid"],
  ["HUB_TWILIO_PASSWORD", undefined],
  ["HUB_TWILIO_PROXY", "http://127.0.0.1:1"],
  ["HUB_PROCESS", "salesmsg"],
  ["HUB_RELEASES", "/tmp"],
])("for the Rules, another %s is refused: %s", (variable, value) => {
  expect(problems("signing", { ...signing(), [variable]: value }, SIGNING)).toEqual([
    expect.stringMatching(new RegExp(`^environment\\.${variable}: .*; expected the config's$`)),
  ]);
});

test("without hub:signing no Rule is made", () => {
  expect(problems("signing", signing())).toEqual([
    "environment: hub:signing is missing, and nothing else declares Rules",
  ]);
});
