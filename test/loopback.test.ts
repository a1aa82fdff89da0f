import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { endOf } from "../tools/cli/child-process.ts";
import { freePort } from "../tools/cli/free-port.ts";
import { copyProject, type ProjectCopy } from "../tools/loopback/project-copy.ts";
import { withoutProgress } from "./support/without-progress.ts";

const LAST_LINE = "Ctrl-C ends the cloud. Nothing is kept.";

let project: ProjectCopy;
let twilioPort: number;
beforeAll(async () => {
  project = await copyProject();
  twilioPort = await freePort();
  await project.replace("Pulumi.loopback.yaml", "127.0.0.1:18980", `127.0.0.1:${await freePort()}`);
  await project.replace("Pulumi.loopback.yaml", "127.0.0.1:18981", `127.0.0.1:${twilioPort}`);
});
afterAll(() => project.close());

/** The cloud's own folder for temporary files, in which everything left behind shows. */
let temporary: string;
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "loopback-"));
  onTestFinished(() => rm(temporary, { recursive: true, force: true }));
  // Postgres runs as another user if this is root.
  await chmod(temporary, 0o755);
});

const loopbackFolder = () => join(project.folder, ".hub", "loopback");
const nothingIsLeft = async () => {
  expect(await readdir(temporary)).toEqual([]);
  await expect(readdir(loopbackFolder())).rejects.toMatchObject({ code: "ENOENT" });
};

function startCloud() {
  const child = spawn(process.execPath, [join(project.folder, "tools", "commands", "loopback.ts")], {
    cwd: project.folder,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = Promise.all([endOf(child), text(child.stderr).then(withoutProgress)]);
  return { child, outcome: async () => ({ ...(await ended)[0], stderr: (await ended)[1] }) };
}

/** Waits until the cloud prints a line. */
function printed(stdout: NodeJS.ReadableStream, expected: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: stdout });
    lines.on("line", (line) => line === expected && resolve());
    lines.once("close", () => reject(new Error(`the cloud ended before it printed: ${expected}`)));
  });
}

/** The IDs of the processes under a process. */
async function descendants(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  const under = (id: number): number[] =>
    rows.flatMap(([child, its]) => (its === id && child !== undefined ? [child, ...under(child)] : []));
  return under(parent);
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

test.each([
  ["SIGINT", 1],
  ["SIGTERM", 1],
  ["SIGHUP", 1],
  ["SIGINT", 3],
] as const)("%s, sent %d times, leaves no process, folder or file behind", async (signal, times) => {
  const { child, outcome } = startCloud();
  await printed(child.stdout, LAST_LINE);
  const ids = await descendants(child.pid ?? 0);
  expect(ids.length).toBeGreaterThan(0);
  expect((await stat(join(loopbackFolder(), "environment"))).mode & 0o777).toBe(0o600);
  for (let count = 0; count < times; count += 1) child.kill(signal);
  expect(await outcome()).toEqual({ code: 0, signal: null, stderr: "" });
  expect(ids.filter(isRunning)).toEqual([]);
  await nothingIsLeft();
});

test("an interrupt during the start leaves nothing behind", async () => {
  const { child, outcome } = startCloud();
  // By now the first server listens, and Postgres is about to start.
  while ((await readdir(temporary)).length === 0) await new Promise(setImmediate);
  child.kill("SIGINT");
  child.stdout.resume();
  expect(await outcome()).toEqual({ code: 130, signal: null, stderr: "" });
  await nothingIsLeft();
});

test("a port in use is reported in one line, with the port and its key", async () => {
  const server = createServer().listen(twilioPort, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { child, outcome } = startCloud();
  child.stdout.resume();
  expect(await outcome()).toEqual({
    code: 1,
    signal: null,
    stderr: `error: port ${twilioPort} is in use: end the process that listens there, perhaps another npm run loopback, or change hub:endpoints.twilioProxy in Pulumi.loopback.yaml\n`,
  });
  await nothingIsLeft();
});

test("the config names root if root runs the cloud, and the state of an earlier cloud is removed", async () => {
  await mkdir(join(loopbackFolder(), ".pulumi"), { recursive: true });
  const { child, outcome } = startCloud();
  await printed(child.stdout, LAST_LINE);
  const config = await readFile(join(loopbackFolder(), "Pulumi.loopback.yaml"), "utf8");
  expect(config.includes("user: root")).toBe(process.getuid?.() === 0);
  expect(await readdir(loopbackFolder())).toEqual(["Pulumi.loopback.yaml", "environment"]);
  child.kill();
  await outcome();
});
