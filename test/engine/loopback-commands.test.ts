import { execFile, spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { endOf } from "../../tools/cli/child-process.ts";
import { freePort } from "../../tools/cli/free-port.ts";
import { copyProject } from "../../tools/loopback/project-copy.ts";
import { IMPORTED } from "../support/engine.ts";

/** The environment of a person's shell, without the folders that `npm run` puts in front of PATH. */
const SHELL = {
  HOME: process.env.HOME,
  XDG_CACHE_HOME: process.env.XDG_CACHE_HOME,
  PATH: (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .join(delimiter),
};

async function copyOnFreePorts() {
  const project = await copyProject();
  onTestFinished(() => project.close());
  for (const port of ["127.0.0.1:18980", "127.0.0.1:18981"])
    await project.replace("Pulumi.loopback.yaml", port, `127.0.0.1:${await freePort()}`);
  for (const port of ["18797", "18798"]) await project.replace("Pulumi.loopback.yaml", port, `${await freePort()}`);
  return project;
}

/** Starts a program, waits until a line of its output matches, and returns the lines so far. */
async function startUntil(program: string, args: readonly string[], cwd: string, pattern: RegExp) {
  // A process group of its own, since npm starts the program in a shell, and both must end.
  const child = spawn(program, args, { cwd, env: SHELL, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const ended = endOf(child);
  const end = async () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    await ended;
  };
  onTestFinished(end);
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout })
      .on("line", (line) => lines.push(line) && pattern.test(line) && resolve())
      .once("close", () => reject(new Error(`ended too early: ${lines.join("\n")}`)));
  });
  return lines;
}

test("the commands that npm run loopback prints work in a fresh shell", async () => {
  const { folder } = await copyOnFreePorts();
  const printed = await startUntil(
    process.execPath,
    [join(folder, "tools", "commands", "loopback.ts")],
    folder,
    /^Ctrl-C ends/,
  );
  const commands = printed.filter((line) => line.startsWith("  ")).map((line) => line.trim());
  expect(commands.map((command) => command.replace(/ --.*/, ""))).toEqual([
    ". .hub/loopback/environment",
    "npm run pulumi",
    "npm run up",
    "npm start",
    ". .hub/loopback/environment",
    "npm run call",
  ]);
  const [source = "", init = "", up = "", start = "", again = "", call = ""] = commands;
  const inShell = (...script: readonly string[]) =>
    promisify(execFile)("/bin/sh", ["-ec", script.join("\n")], { cwd: folder, env: SHELL });
  expect((await inShell(source, init, up)).stdout).toContain(`= ${IMPORTED.length} imported`);
  await startUntil("/bin/sh", ["-ec", `${source}\n${start}`], folder, /"msg":"listening"/);
  expect((await inShell(again, call)).stdout).toMatch(/^sent {5}CA[0-9a-f]{32}$/m);
});
