import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { UserError } from "../cli/run-tool.ts";
import { sharedProviders, startSharedProviders } from "./shared-providers.ts";

const PROXY = "http://127.0.0.1:9";

test("a run without the variable shares nothing", () => {
  expect(sharedProviders({})).toEqual({});
});

test.each(["cloudflare:1", "[]", '{"cloudflare":"1"}', '{"cloudflare":0}', '{"cloudflare":1.5}'])(
  "a variable that does not name ports is refused: %s",
  (value) => {
    expect(() => sharedProviders({ LOOPBACK_PROVIDERS: value })).toThrow(UserError);
  },
);

test("only what is missing and takes no environment is shared", async () => {
  const shared = await startSharedProviders(["nodejs", "command"], { proxy: PROXY, certificate: "" });
  expect(sharedProviders(shared.environment)).toEqual({});
  shared.close();
});

test("the ports of the started stand-ins reach a run", async () => {
  const folder = await mkdtemp(join(tmpdir(), "shared-providers-"));
  const certificate = join(folder, "ca.pem");
  await writeFile(certificate, rootCertificates[0] ?? "");
  const shared = await startSharedProviders(["nodejs", "terraform-provider"], { proxy: PROXY, certificate });
  try {
    expect(sharedProviders(shared.environment)).toEqual({ "terraform-provider": expect.any(Number) });
  } finally {
    shared.close();
    await rm(folder, { recursive: true });
  }
});
