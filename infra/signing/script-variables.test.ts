import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PERSON_PATH } from "../../hub/scripts/on-machine.ts";
import { readAccess } from "./script-variables.ts";

const REFERENCES = {
  HUB_SIGNING_HOSTS: "https://webhook.reri.co",
  HUB_TWILIO_USERNAME: "op://Aurora/twilio/api-key-sid",
  HUB_TWILIO_PASSWORD: "op://Aurora/twilio/api-key-secret",
};

/** The environment with an `op` that is the script. */
async function environmentWith(script: string) {
  const folder = await mkdtemp(join(tmpdir(), "op-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "op"), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, "op"), 0o700);
  return { ...REFERENCES, [PERSON_PATH]: `${folder}:${process.env.PATH}` };
}

test("the values behind the references are read", async () => {
  const environment = await environmentWith('printf "value of %s" "$3"');
  await expect(readAccess(environment)).resolves.toMatchObject({
    username: "value of op://Aurora/twilio/api-key-sid",
    password: "value of op://Aurora/twilio/api-key-secret",
  });
});

test("an op that does not answer ends, and its reference is named", async () => {
  const environment = await environmentWith("exec sleep 30");
  await expect(readAccess(environment, 200)).rejects.toThrow(
    "hub:signing: op://Aurora/twilio/api-key-sid cannot be read with 1Password's CLI `op`: it did not answer in 0.2 s; unlock 1Password",
  );
});
