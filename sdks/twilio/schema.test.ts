/** Compares the SDK's declarations with the schema that the bridge reports. */
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import schema from "../../test/fixtures/twilio-0.18.46.json" with { type: "json" };
import manifest from "./package.json" with { type: "json" };

/** A property as the source declares it. */
interface Property {
  readonly name: string;
  /** The text of the type. */
  readonly type: string;
  readonly documented: boolean;
}

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
const sources = files.map((file) => {
  const text = readFileSync(`${import.meta.dirname}/${file}`, "utf8");
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
});
const statements = sources.flatMap((source) => [...source.statements]);
const classes = statements.filter(ts.isClassDeclaration).filter((declaration) => declaration.heritageClauses);
const interfaces = new Map(statements.filter(ts.isInterfaceDeclaration).map((found) => [found.name.text, found]));

const isDocumented = (node: ts.Node): boolean => ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc);

function properties(members: readonly ts.Node[]): Property[] {
  return members
    .filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member))
    .filter((member) => !ts.canHaveModifiers(member) || !ts.getModifiers(member)?.some(isStatic))
    .map((member) => ({
      name: `${member.name.getText()}${member.questionToken ? "?" : ""}`,
      type: member.type?.getText() ?? "",
      documented: isDocumented(member),
    }));
}

const isStatic = (modifier: ts.Modifier): boolean => modifier.kind === ts.SyntaxKind.StaticKeyword;

/** The interface's own properties, sorted by name, and the text after `extends`. */
function declared(name: string): { properties: Property[]; heritage: string } {
  const found = interfaces.get(name);
  const heritage = found?.heritageClauses?.map((clause) => clause.getText()).join(" ") ?? "";
  return { properties: properties(found ? [...found.members] : []), heritage };
}

const types = (list: readonly Property[]) => Object.fromEntries(list.map(({ name, type }) => [name, type]));

function inputType(type: string, required: boolean): string {
  const value = type === "array[]" ? "pulumi.Input<string>[]" : type;
  return `pulumi.Input<${value}${required ? "" : " | undefined"}>`;
}

function outputType(type: string): string {
  return `pulumi.Output<${type === "array[]" ? "string[]" : type}>`;
}

/** `ApiAccountsMessages` → `twilio_api_accounts_messages`: how the bridge derives its tokens from Terraform's names. */
function terraformName(className: string): string {
  return `twilio${className.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

const tokenOf = (declaration: ts.ClassDeclaration): string | undefined =>
  declaration.members
    .filter(ts.isPropertyDeclaration)
    .filter((member) => member.name.getText() === "__pulumiType")
    .map((member) => (member.initializer && ts.isStringLiteral(member.initializer) ? member.initializer.text : ""))
    .at(0);

const resources = classes.filter((declaration) => declaration.name?.text !== "Provider");
const classNames = Object.keys(schema.resources).map((token) => token.slice(token.lastIndexOf(":") + 1));

test("the classes are the schema's tokens", () => {
  const tokens = resources.map((declaration) => [declaration.name?.text, tokenOf(declaration)]);
  expect(Object.fromEntries(tokens)).toEqual(
    Object.fromEntries(Object.keys(schema.resources).map((token, index) => [classNames[index], token])),
  );
});

describe.each(Object.entries(schema.resources))("%s", (token, { inputs, required, outputs }) => {
  const className = token.slice(token.lastIndexOf(":") + 1);
  const needed = new Set<string>(required);
  const known = new Map(Object.entries(inputs));

  test("its inputs are the schema's, with their types and required flags", () => {
    const expected = [...known].map(([name, type]) => {
      const isRequired = needed.has(name);
      return [isRequired ? name : `${name}?`, inputType(type, isRequired)];
    });
    expect(types(declared(`${className}Args`).properties)).toEqual(Object.fromEntries(expected));
  });

  test("its outputs are the schema's, with their types", () => {
    const declaration = resources.find((found) => found.name?.text === className);
    const expected = outputs.map((name) => [name, outputType(known.get(name) ?? "string")]);
    expect(types(properties([...(declaration?.members ?? [])]))).toEqual(Object.fromEntries(expected));
  });

  test("a lookup may pass every output as state", () => {
    const { properties: own, heritage } = declared(`${className}State`);
    expect(heritage).toBe(`extends Partial<${className}Args>`);
    const computed = outputs.filter((name) => !known.has(name));
    expect(types(own)).toEqual(Object.fromEntries(computed.map((name) => [`${name}?`, inputType("string", false)])));
  });
});

test("the provider's configuration is the schema's", () => {
  const configured = Object.entries(schema.provider).map(([name, type]) => [`${name}?`, inputType(type, false)]);
  expect(types(declared("ProviderArgs").properties)).toEqual(Object.fromEntries(configured));
});

describe("docstrings", () => {
  const exported = statements.filter((statement) =>
    ts.canHaveModifiers(statement)
      ? ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false,
  );

  test("every export has one", () => {
    expect(exported.length).toBeGreaterThan(classNames.length);
    expect(exported.filter((statement) => !isDocumented(statement)).map((statement) => statement.getText())).toEqual(
      [],
    );
  });

  test("every property of every interface has one", () => {
    const all = [...interfaces].flatMap(([of, { members }]) => properties([...members]).map((own) => ({ of, ...own })));
    expect(all.length).toBeGreaterThan(Object.keys(schema.provider).length);
    expect(all.filter(({ documented }) => !documented)).toEqual([]);
  });

  test("every class links to Twilio's pages", () => {
    const links = classes.map((declaration) => {
      const see = ts.getJSDocTags(declaration).filter((tag) => tag.tagName.text === "see");
      return [declaration.name?.text, see.some((tag) => tag.getText().includes("https://www.twilio.com/docs/"))];
    });
    expect(links.filter(([, linked]) => !linked)).toEqual([]);
    expect(links).toHaveLength(classNames.length + 1);
  });
});

test("package.json names the plugin for the engine and its parameter", () => {
  const { parameterization, ...plugin } = manifest.pulumi;
  expect({ name: manifest.name, version: manifest.version }).toEqual({
    name: `@pulumi/${schema.package}`,
    version: schema.version,
  });
  expect(plugin).toEqual({ resource: true, ...schema.plugin });
  const { value, ...named } = parameterization;
  expect(named).toEqual({ name: schema.package, version: schema.version });
  expect(JSON.parse(Buffer.from(value, "base64").toString())).toEqual({
    remote: { url: "registry.opentofu.org/twilio/twilio", version: schema.version },
    includes: classNames.map(terraformName).sort(),
  });
});
