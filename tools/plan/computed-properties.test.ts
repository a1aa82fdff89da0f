import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { DNS_RECORD_TYPE, PHONE_NUMBER_TYPE, TUNNEL_CONFIG_TYPE } from "../../hub/guards/resource-types.ts";
import schema from "../../test/fixtures/twilio-0.18.46.json" with { type: "json" };
import { PROJECT } from "../cli/paths.ts";
import { COMPUTED_PROPERTIES } from "./computed-properties.ts";

/** The properties that are outputs and not arguments in the package's types. */
function computedIn(file: string): string[] {
  const text = readFileSync(join(PROJECT, "node_modules", "@pulumi", "cloudflare", file), "utf8");
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const resource = statements.find(ts.isClassDeclaration);
  const args = statements.filter(ts.isInterfaceDeclaration).find(({ name }) => name.text.endsWith("Args"));
  const outputs = resource?.members.filter(ts.isPropertyDeclaration) ?? [];
  const inputs = args?.members.map((member) => member.name?.getText());
  const names = outputs
    .filter(({ type }) => type?.getText().startsWith("pulumi.Output"))
    .map(({ name }) => name.getText());
  return names.filter((name) => !inputs?.includes(name)).toSorted();
}

test.each([
  [DNS_RECORD_TYPE, "dnsRecord.d.ts"],
  [TUNNEL_CONFIG_TYPE, "zeroTrustTunnelCloudflaredConfig.d.ts"],
])("the computed properties of %s are those of the package's types", (type, file) => {
  expect(COMPUTED_PROPERTIES[type]).toEqual(computedIn(file));
});

test("the computed properties of a number are those of the bridge's schema", () => {
  const { inputs, outputs } = schema.resources[PHONE_NUMBER_TYPE];
  expect(COMPUTED_PROPERTIES[PHONE_NUMBER_TYPE]).toEqual(outputs.filter((name) => !Object.keys(inputs).includes(name)));
});
