import { expect, test } from "vitest";
import { configWith, refusal, SOURCE } from "../testing/config.ts";
import { parseConfig } from "./parse.ts";

const SSH = {
  kind: "ssh",
  host: "srv1347501",
  user: "hub",
  privateKey: "op://Aurora/deploy/private-key",
  hostKey: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"x".repeat(43)}`,
};
const ABSOLUTE = { "handler.releases": "/opt/twilio-hub/releases", "handler.gateFile": "/opt/twilio-hub/gate" };

test("the handler may run on another machine, over SSH on any port", () => {
  for (const transport of [SSH, { ...SSH, port: 2222 }]) {
    const config = configWith({ ...ABSOLUTE, transport });
    expect(parseConfig(config, SOURCE)).toEqual(config);
  }
});

test.each([
  ["host", undefined, "missing; set it"],
  ["user", undefined, "missing; set it"],
  ["privateKey", undefined, "missing; set it"],
  ["hostKey", undefined, "missing; set it"],
  ["host", "hub@srv1347501", "without user and port"],
  ["user", "-oProxyCommand=x", "the name of a Unix user"],
  ["privateKey", "-----BEGIN OPENSSH PRIVATE KEY-----", "and not the secret itself"],
  ["hostKey", "ssh-rsa AAAAB3NzaC1yc2E", "as ssh-keyscan -t ed25519 prints it"],
  ["password", "x", "unknown key"],
])("hub:transport.%s: %j is refused", (key, value, problem) => {
  const message = refusal({ ...ABSOLUTE, transport: { ...SSH, [key]: value } });
  expect(message).toContain(`: hub:transport.${key}: `);
  expect(message).toContain(problem);
});

test("over SSH a path cannot be relative to the project's top", () => {
  for (const key of Object.keys(ABSOLUTE)) {
    expect(refusal({ ...ABSOLUTE, transport: SSH, [key]: "here" })).toContain(
      `: hub:${key}: expected an absolute path, since hub:transport is ssh; found "here"`,
    );
  }
});
