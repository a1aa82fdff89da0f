import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const MODULE = join(import.meta.dirname, "leave-cluster.ts");

/** How long the primary does nothing while connections wait and a worker ends, in milliseconds. */
const BUSY_MS = 700;
const REQUESTS = 6;

/** A worker that answers with its name, and leaves at SIGINT. */
const WORKER = `import { createServer } from "node:http";
import { leaveCluster } from ${JSON.stringify(MODULE)};
const server = createServer((_request, response) => response.end(process.env.WORKER_NAME));
// In a cluster, port 0 is one port for all workers.
server.listen(0, "127.0.0.1");
process.on("SIGINT", () => server.close(async () => { await leaveCluster(); process.exit(0); }));
`;

/**
 * A primary with two workers that is too busy to notice that one of them ends: requests arrive, the worker gets its signal, and only then does the
 * primary look. It prints the answers and how the worker ended.
 */
const PRIMARY = `import cluster from "node:cluster";
import { once } from "node:events";
import { get } from "node:http";
const [exec] = process.argv.slice(2);
cluster.setupPrimary({ exec });
const start = async (name) => {
  const worker = cluster.fork({ WORKER_NAME: name });
  const [address] = await once(worker, "listening");
  return { worker, port: address.port };
};
const { worker: ending, port } = await start("ending");
const { worker: staying } = await start("staying");
const ended = once(ending, "exit");
const answers = Array.from({ length: ${REQUESTS} }, () => new Promise((resolve) => {
  get({ port, host: "127.0.0.1", agent: false, timeout: 5_000 }, async (response) => {
    let body = "";
    for await (const chunk of response) body += chunk;
    resolve(body);
  }).on("error", (error) => resolve(error.code)).on("timeout", () => resolve("no answer"));
}));
await new Promise(setImmediate);
process.kill(ending.process.pid, "SIGINT");
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${BUSY_MS});
const [status] = await ended;
console.log(JSON.stringify({ answers: await Promise.all(answers), status }));
staying.process.kill("SIGKILL");
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "twilio-hub-cluster-"));
  await writeFile(join(folder, "primary.mjs"), PRIMARY);
  await writeFile(join(folder, "worker.mjs"), WORKER);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs Node.js with its arguments, for at most 30 seconds. */
const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { timeout: 30_000 });

test("connections handed to a process that is ending are answered by another process", async () => {
  const { stdout } = await run(join(folder, "primary.mjs"), join(folder, "worker.mjs"));
  const { answers, status } = JSON.parse(stdout);
  expect(answers).toHaveLength(REQUESTS);
  expect(answers.filter((answer: string) => answer !== "staying" && answer !== "ending")).toEqual([]);
  expect(answers).toContain("staying");
  expect(status).toBe(0);
});

test("a process outside a cluster has nothing to leave", async () => {
  const script = `import { leaveCluster } from ${JSON.stringify(MODULE)}; await leaveCluster(); console.log("left");`;
  const { stdout } = await run("--input-type=module", "-e", script);
  expect(stdout).toBe("left\n");
});
