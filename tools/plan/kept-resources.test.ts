import { describe, expect, test } from "vitest";
import { DNS_RECORD_TYPE, PHONE_NUMBER_TYPE, TUNNEL_CONFIG_TYPE } from "../../hub/guards/resource-types.ts";
import { planProblems, stateProblems } from "./kept-resources.ts";

const urnOf = (type: string) => `urn:pulumi:prod::twilio-hub::hub:index:TwilioHub$${type}::primary`;
const kept = (type: string) => ({ type, protect: true, retainOnDelete: true });
const step = (op: string, type = PHONE_NUMBER_TYPE) => ({
  op,
  urn: urnOf(type),
  oldState: kept(type),
  newState: op === "delete" ? null : kept(type),
});

describe.each([PHONE_NUMBER_TYPE, TUNNEL_CONFIG_TYPE, DNS_RECORD_TYPE])("%s", (type) => {
  test.each(["same", "update", "refresh", "read", "import"])("may be left in a plan as %s", (op) => {
    expect(planProblems([step(op, type)])).toEqual([]);
  });

  test.each([
    ...["create", "delete", "replace", "create-replacement", "delete-replaced", "discard", "discard-replaced"],
    ...["read-replacement", "import-replacement", "remove-pending-replace", "an operation of tomorrow"],
  ])("may not be in a plan as %s", (op) => {
    const [problem, ...others] = planProblems([step(op, type)]);
    expect(problem).toMatch(new RegExp(`^number-kept: .* primary: the plan would ${op} it; \\S`));
    expect(others).toEqual([]);
  });

  test.each(["protect", "retainOnDelete"] as const)("may not lose %s", (option) => {
    const newState = { ...kept(type), [option]: undefined };
    expect(planProblems([{ ...step("update", type), newState }])).toEqual([
      expect.stringContaining(
        `it has no ${option} (found none); set ${option}: true, or a delete would lose it (docs/domain.md#registered-phone-numbers`,
      ),
    ]);
    const resource = { ...newState, urn: urnOf(type) };
    expect(stateProblems({ deployment: { resources: [resource] } })).toHaveLength(1);
  });

  test("is no problem in a state that keeps it", () => {
    expect(stateProblems({ deployment: { resources: [{ ...kept(type), urn: urnOf(type) }] } })).toEqual([]);
  });

  test.each(["delete", "pendingReplacement"])("may not stand in a state with %s", (mark) => {
    const resource = { ...kept(type), urn: urnOf(type), [mark]: true };
    expect(stateProblems({ deployment: { resources: [resource] } })).toEqual([
      expect.stringContaining("fix the state"),
    ]);
  });
});

test("the type is taken from the URN if the step shows no state", () => {
  expect(planProblems([{ op: "delete", urn: urnOf(PHONE_NUMBER_TYPE) }])).toHaveLength(1);
});

test("a resource whose type an alias would change is refused, from a kept type and into one", () => {
  const other = "twilio:index/apiAccountsMessages:ApiAccountsMessages";
  const turned = (from: string, to: string) =>
    planProblems([{ op: "update", urn: urnOf(to), oldState: kept(from), newState: kept(to) }]);
  expect(turned(PHONE_NUMBER_TYPE, other)).toEqual([
    expect.stringContaining(`the number primary: the plan would turn it from ${PHONE_NUMBER_TYPE} into ${other}; give`),
  ]);
  expect(turned(other, PHONE_NUMBER_TYPE)).toHaveLength(1);
  expect(turned(other, "a:b:C")).toEqual([]);
});

test.each<[string, string[]]>([
  ["a step", planProblems([step("delete")])],
  ["a lost option", planProblems([{ ...step("update"), newState: { type: PHONE_NUMBER_TYPE } }])],
  [
    "a mark",
    stateProblems({ deployment: { resources: [{ ...kept(PHONE_NUMBER_TYPE), urn: urnOf("a"), delete: true }] } }),
  ],
])("each line names the resource and the document's section: %s", (_what, lines) => {
  for (const line of lines) expect(line).toMatch(/^number-kept: the number primary: .*; .* \(docs\/domain\.md#.*\)$/);
  expect(lines.length).toBeGreaterThan(0);
});

test("other resources may be deleted and replaced", () => {
  expect(planProblems([step("delete", "command:local:Command"), step("replace", "command:local:Command")])).toEqual([]);
});

test("a resource that another program owns is not checked", () => {
  const resource = { type: PHONE_NUMBER_TYPE, urn: urnOf(PHONE_NUMBER_TYPE), external: true };
  expect(stateProblems({ deployment: { resources: [resource] } })).toEqual([]);
});

test("each step of a replacement has one line", () => {
  expect(planProblems([step("replace"), step("replace"), step("delete-replaced")])).toHaveLength(2);
});

test("a provider is refused if its plugin comes from elsewhere, or if it hides behind another's name", () => {
  const provider = (name: string, __internal: object) => {
    const type = `pulumi:providers:${name}`;
    return {
      op: "create",
      urn: `urn:pulumi:prod::twilio-hub::${type}::given`,
      newState: { type, inputs: { __internal } },
    };
  };
  expect(planProblems([provider("cloudflare", {}), provider("command", {})])).toEqual([]);
  expect(planProblems([provider("cloudflare", { pluginDownloadURL: "https://a.co" })])).toEqual([
    expect.stringContaining("known-providers: given.pluginDownloadURL: "),
  ]);
  expect(planProblems([provider("cloudflare", { parameterization: "e30=" })])).toEqual([
    expect.stringContaining("another provider stands behind this name"),
  ]);
  const bridged = { name: "terraform-provider", version: "1.1.3" };
  expect(planProblems([provider("twilio", bridged)])).toEqual([
    expect.stringContaining("it is not registry.opentofu.org"),
  ]);
  const remote = { url: "registry.opentofu.org/twilio/twilio", version: "0.18.46" };
  const parameterization = btoa(JSON.stringify({ remote }));
  expect(planProblems([provider("twilio", { ...bridged, parameterization })])).toEqual([]);
  expect(planProblems([provider("twilio", { ...bridged, version: "1.1.2", parameterization })])).toEqual([
    expect.stringContaining("known-providers: given.plugin: found version"),
  ]);
});
