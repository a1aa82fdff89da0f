/** Compares the registration of each class with the schema that the bridge reports. */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test, vi } from "vitest";
import schema from "../../test/fixtures/twilio-0.18.46.json" with { type: "json" };
import * as twilio from "./index.ts";
import manifest from "./package.json" with { type: "json" };

const mocked: pulumi.runtime.MockResourceArgs[] = [];

beforeEach(async () => {
  mocked.length = 0;
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      mocked.push(args);
      return { id: args.id || `${args.name}-id`, state: args.inputs };
    },
    call: () => ({}),
  });
});

/** The registered resources, once every request is done. */
async function registered(): Promise<readonly pulumi.runtime.MockResourceArgs[]> {
  await pulumi.runtime.disconnect();
  return mocked;
}

function sample(name: string, type: string): unknown {
  switch (type) {
    case "boolean":
      return true;
    case "number":
      return name.length;
    case "array[]":
      return [`${name} 1`, `${name} 2`];
    default:
      return `${name} value`;
  }
}

describe.each(Object.entries(schema.resources))("%s", (token, { inputs, required, outputs }) => {
  const className = token.slice(token.lastIndexOf(":") + 1);
  const Class = requireClass(className);
  const args = Object.fromEntries(Object.entries(inputs).map(([name, type]) => [name, sample(name, type)]));
  const construct = (...parameters: unknown[]): object => Reflect.construct(Class, parameters);

  test("registers its token and exactly the inputs it was given, as the package's", async () => {
    const register = vi.spyOn(monitor(), "registerResource");
    construct("every", args);
    expect(await registered()).toMatchObject([{ type: token, name: "every", custom: true }]);
    expect(mocked[0]?.inputs).toEqual(args);
    expect(register.mock.calls.map(([sent]) => sent.getPackageref())).toEqual(["mock-uuid"]);
  });

  test("registers no input that was left out", async () => {
    const least = Object.fromEntries(required.map((name) => [name, args[name]]));
    construct("least", least);
    expect((await registered())[0]?.inputs).toEqual(least);
  });

  test("has every output from the start", async () => {
    const least = Object.fromEntries(required.map((name) => [name, args[name]]));
    const resource = construct("outputs", least);
    expect(outputs.filter((name) => !pulumi.Output.isInstance(Reflect.get(resource, name)))).toEqual([]);
    await registered();
  });

  test.each(required)("is refused without %s", (name) => {
    expect(() => construct("short", { ...args, [name]: undefined })).toThrow(`Missing required property '${name}'`);
  });

  test("get reads it by its ID, with the given state", async () => {
    const resource: unknown = Reflect.apply(Reflect.get(Class, "get"), Class, ["found", "ID1", { sid: "SID1" }]);
    expect(await registered()).toMatchObject([{ type: token, name: "found", id: "ID1" }]);
    expect(mocked[0]?.inputs).toEqual({ sid: "SID1" });
    expect(isInstance(Class, resource)).toBe(true);
  });

  test("isInstance accepts only its own class", async () => {
    const resource = construct("own", args);
    const knowing = Object.entries(twilio)
      .filter(([, other]) => isInstance(other, resource))
      .map(([name]) => name);
    expect(knowing).toEqual([className]);
    expect([undefined, null, token, {}].some((value) => isInstance(Class, value))).toBe(false);
    await registered();
  });
});

function requireClass(name: string) {
  const found = Object.entries(twilio).find(([exported]) => exported === name)?.[1];
  if (found === undefined) throw new Error(`${name} is not exported`);
  return found;
}

function isInstance(Class: object, value: unknown): unknown {
  return Reflect.apply(Reflect.get(Class, "isInstance"), Class, [value]);
}

describe("the provider", () => {
  const args = { accountSid: "AC1", edge: "ashburn", password: "hidden", region: "us1", username: "SK1" };

  test("registers its type and its inputs, the credentials as secrets", async () => {
    const register = vi.spyOn(monitor(), "registerResource");
    const provider = new twilio.Provider("explicit", args);
    expect(await registered()).toMatchObject([{ type: "pulumi:providers:twilio", name: "explicit" }]);
    expect(Object.keys(mocked[0]?.inputs).sort()).toEqual(Object.keys(schema.provider).sort());
    const secret = await Promise.all([provider.accountSid, provider.password, provider.username].map(pulumi.isSecret));
    expect(secret).toEqual([true, true, true]);
    expect(await Promise.all([provider.edge, provider.region].map(pulumi.isSecret))).toEqual([false, false]);
    expect(register.mock.calls[0]?.[0].getAdditionalsecretoutputsList().sort()).toEqual([
      "accountSid",
      "password",
      "username",
    ]);
    expect(twilio.Provider.isInstance(provider)).toBe(true);
  });

  test("leaves out missing inputs", async () => {
    new twilio.Provider("environment");
    expect((await registered())[0]?.inputs).toEqual({});
  });

  test("serves the resources that name it", async () => {
    const provider = new twilio.Provider("explicit", args);
    new twilio.MessagingServicesV1("service", { friendlyName: "Service" }, { provider });
    const service = (await registered()).find(({ name }) => name === "service");
    expect(service?.provider).toMatch(/::pulumi:providers:twilio::explicit::explicit-id$/);
  });
});

test("the package is registered once in a run, and every resource refers to it", async () => {
  const registerPackage = vi.spyOn(monitor(), "registerPackage");
  const registerResource = vi.spyOn(monitor(), "registerResource");
  const readResource = vi.spyOn(monitor(), "readResource");
  const provider = new twilio.Provider("explicit");
  new twilio.MessagingServicesV1("service", { friendlyName: "Service" }, { provider });
  twilio.MessagingServicesV1.get("existing", "MG1");
  await registered();
  expect(registerPackage).toHaveBeenCalledTimes(1);
  const request = registerPackage.mock.calls[0]?.[0];
  expect([request?.getName(), request?.getVersion(), request?.getDownloadUrl()]).toEqual([
    schema.plugin.name,
    schema.plugin.version,
    "",
  ]);
  const parameter = request?.getParameterization();
  expect([parameter?.getName(), parameter?.getVersion(), parameter?.getValue_asB64()]).toEqual([
    schema.package,
    schema.version,
    manifest.pulumi.parameterization.value,
  ]);
  const references = [...registerResource.mock.calls, ...readResource.mock.calls].map(([sent]) => sent.getPackageref());
  expect(references).toEqual(["mock-uuid", "mock-uuid", "mock-uuid"]);
});

function monitor() {
  const found = pulumi.runtime.getMonitor();
  if (found === undefined) throw new Error("setMocks was not called");
  return found;
}
