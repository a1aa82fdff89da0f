import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ListeningServer } from "../protocol/grpc-server.ts";
import { rawFromStruct, toStruct, UNKNOWN } from "../protocol/properties.ts";
import { serveProvider } from "../protocol/provider-server.ts";
import { ask, connectEngine, secret, type TestEngine } from "../protocol/test-client.ts";
import { commandProvider } from "./provider.ts";

const COMMAND = "command:local:Command";
const RUN = "command:local:run";
let folder: string;
let server: ListeningServer;
let engine: TestEngine;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "command-provider-"));
  server = await serveProvider(commandProvider);
  engine = connectEngine(server.port);
  await engine.configure({});
});

afterEach(async () => {
  engine.close();
  server.close();
  await rm(folder, { recursive: true });
});

const ran = async () => (await readFile(join(folder, "log"), "utf8").catch(() => "")).split("\n").filter(Boolean);
const log = (word: string) => `echo ${word} >> log; echo ${word}`;
const life = () => ({ dir: folder, create: log("create"), update: log("update"), delete: log("delete") });

test("run executes at every call and keeps its arguments", async () => {
  const args = { command: log("run"), dir: folder, logging: "none" };
  const first = await engine.invoke(RUN, args);
  await engine.invoke(RUN, args);
  expect(first).toEqual({ ...args, stdout: "run", stderr: "" });
  expect(await ran()).toEqual(["run", "run"]);
});

test("run passes the environment and the standard input, with secrets unwrapped", async () => {
  const environment = { WORD: secret("opened") };
  const { stdout } = await engine.invoke(RUN, { command: 'echo "$WORD"; cat', environment, stdin: secret("input") });
  expect(stdout).toBe("opened\ninput");
});

test("run can use another interpreter", async () => {
  const { stdout } = await engine.invoke(RUN, { command: "console.log(1 + 1)", interpreter: [process.execPath, "-e"] });
  expect(stdout).toBe("2");
});

test("the error of a failed command has its exit status and its stderr, and no value of the environment", async () => {
  const command = 'test -n "$TOKEN"; echo no such item >&2; exit 3';
  const error = await engine
    .invoke(RUN, { command, environment: { TOKEN: "a-secret-value" } })
    .catch((cause: unknown) => String(cause));
  expect(error).toBe(`Error: exit status 3: running ${JSON.stringify(command)}:\nno such item\n`);
});

test("the error of a killed command names the signal", async () => {
  await expect(engine.invoke(RUN, { command: "kill -9 $$" })).rejects.toThrow("ended by SIGKILL");
});

test("the error for a missing folder names it", async () => {
  await expect(engine.invoke(RUN, { command: "true", dir: join(folder, "none") })).rejects.toThrow(
    join(folder, "none"),
  );
});

test("create, update and delete run their own commands", async () => {
  const created = await engine.create(COMMAND, life());
  expect(created.outputs).toEqual({ ...life(), stdout: "create", stderr: "" });
  const updated = await engine.update(COMMAND, created, { ...life(), environment: { A: "1" } });
  expect(updated.outputs).toMatchObject({ environment: { A: "1" }, stdout: "update" });
  await engine.delete(COMMAND, updated);
  expect(await ran()).toEqual(["create", "update", "delete"]);
});

test("an update falls back to create, and a delete without a command does nothing", async () => {
  const inputs = { dir: folder, create: log("create") };
  const created = await engine.create(COMMAND, inputs);
  await engine.update(COMMAND, created, { ...inputs, environment: { A: "1" } });
  await engine.delete(COMMAND, created);
  expect(await ran()).toEqual(["create", "create"]);
});

test("an update and a delete see the output of the previous command", async () => {
  const inputs = { dir: folder, create: "echo first", update: 'echo "$PULUMI_COMMAND_STDOUT, second"' };
  const created = await engine.create(COMMAND, inputs);
  expect((await engine.update(COMMAND, created, inputs)).outputs).toMatchObject({ stdout: "first, second" });
  const blind = { ...inputs, addPreviousOutputInEnv: false };
  expect((await engine.update(COMMAND, created, blind)).outputs).toMatchObject({ stdout: ", second" });
});

test("a preview runs nothing, and a command's output is unknown", async () => {
  const planned = await engine.create(COMMAND, life(), true);
  expect(planned.outputs).toMatchObject({ stdout: UNKNOWN, stderr: UNKNOWN });
  const created = await engine.create(COMMAND, life());
  const update = await engine.update(COMMAND, created, { ...life(), create: "other" }, true);
  expect(update.outputs).toMatchObject({ create: "other", stdout: UNKNOWN });
  expect(await ran()).toEqual(["create"]);
});

test("changed triggers replace, and other changes update", async () => {
  const { UPDATE, UPDATE_REPLACE } = proto.PropertyDiff.Kind;
  const inputs = { create: "one", triggers: ["a"] };
  const state = { inputs, outputs: { ...inputs, stdout: "", stderr: "" } };
  const found = await engine.diff(COMMAND, state, { create: "two", triggers: ["b"] });
  expect(found.kinds).toEqual({ create: UPDATE, "triggers[0]": UPDATE_REPLACE });
  expect(found.replaces).toEqual(["triggers"]);
});

test("a refresh changes nothing and runs nothing", async () => {
  const created = await engine.create(COMMAND, life());
  expect(await engine.refresh(COMMAND, created)).toEqual(created);
  expect(await ran()).toEqual(["create"]);
});

test("an input that the stand-in does not know is refused", async () => {
  await expect(engine.create(COMMAND, { create: "true", assetPaths: ["*"] })).rejects.toThrow(
    new Error('command:local:Command: the stand-in does not know "assetPaths"'),
  );
});

test("an unknown function is refused by name", async () => {
  await expect(engine.invoke("command:local:other", {})).rejects.toThrow("no function command:local:other");
});

test("an ID is the resource's name and eight digits", async () => {
  expect((await engine.create(COMMAND, { create: "true" })).id).toMatch(/^test[0-9a-f]{8}$/);
});

test("a secret input stays marked in the outputs, and the script gets its value", async () => {
  const inputs = { create: 'echo "$WORD"', environment: { WORD: secret("opened") } };
  const request = new proto.CreateRequest().setType(COMMAND).setName("test").setProperties(toStruct(inputs));
  const created = await ask<proto.CreateResponse>((done) => engine.client.create(request, done));
  expect(rawFromStruct(created.getProperties())).toMatchObject({ ...inputs, stdout: "opened" });
});

test("an equal secret is not a change", async () => {
  const inputs = { create: "true", environment: { WORD: secret("x") } };
  expect((await engine.diff(COMMAND, { inputs, outputs: inputs }, inputs)).diffs).toEqual([]);
});
