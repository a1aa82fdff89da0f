/** Small releases with the same contract as a real release. */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LISTEN_TIMEOUT_SECONDS } from "../../../hub/scripts/restart.ts";

/** The way in which a release is broken. */
export type Defect =
  | "no app"
  | "probe fails"
  | "probe refused"
  | "never ready"
  | "cannot start"
  | "reference refused"
  | "throws";

/** The vault's refusal of the reference in every small release. */
export const REFUSAL = "TOKEN: op://Aurora/twilio/auth-token: op read failed: no access";

/** Options of a small release. */
export interface ReleaseOptions {
  readonly port: number;
  readonly instances: number;
  /**
   * The machine's folder. A release appends its alerts to the file `alerts`. If the file `refused` exists, the vault refuses every
   * reference. If the file `broken` exists, no release starts, although its own check succeeds.
   */
  readonly site: string;
  readonly defect: Defect | undefined;
  /** Its name in PM2. */
  readonly process: string;
  /** A number that makes the release's digest unique on its machine. */
  readonly number: number;
}

/** Builds a release in a project's `.hub/build`, and returns its digest (64 hex digits). */
export async function buildSmallRelease(folder: string, options: ReleaseOptions): Promise<string> {
  const files = {
    "ecosystem.config.cjs": ecosystem(options),
    environment: `SITE=${options.site}\nTOKEN=op://Aurora/twilio/auth-token\n`,
    "handler.mjs": handler(options),
  };
  const sums = Object.entries(files)
    .map(([name, content]) => `${sha256(content)}  ${name}\n`)
    .join("");
  const release = sha256(sums);
  const target = join(folder, ".hub", "build", release);
  await mkdir(target, { recursive: true });
  for (const [name, content] of Object.entries({ ...files, SHA256SUMS: sums })) {
    await writeFile(join(target, name), content);
  }
  return release;
}

const handler = ({ port, defect, number }: ReleaseOptions) => `// ${number}
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import cluster from "node:cluster";
import { createServer } from "node:http";
import { basename } from "node:path";
const release = basename(import.meta.dirname);
const environment = Object.fromEntries(
  readFileSync(import.meta.dirname + "/environment", "utf8").trim().split("\\n").map((line) => line.split(/=(.*)/s).slice(0, 2)),
);
${defect === "throws" ? 'throw new Error("thrown at its top");' : ""}
const isRefused = () => ${defect === "reference refused"} || existsSync(environment.SITE + "/refused");
const end = (line) => process.stderr.write(line + "\\n", "utf8", () => process.exit(1));
const [, , command, text] = process.argv;
if (command === "check") {
  if (isRefused()) end("twilio handler: ${REFUSAL}");
} else if (command === "probe") {
  const answer = await fetch("http://127.0.0.1:${port}/").then((response) => response.text());
  if (${defect === "probe refused"}) process.exit(3);
  process.exit(${defect === "probe fails"} || answer !== release ? 1 : 0);
} else if (command === "alert") {
  appendFileSync(environment.SITE + "/alerts", text + "\\n");
} else {
  if (${defect === "cannot start"} || isRefused() || existsSync(environment.SITE + "/broken")) process.exit(1);
  const server = createServer((_request, response) => setTimeout(() => response.end(process.env.HUB_RELEASE), 5));
  server.listen(${port}, "127.0.0.1", () => ${defect === "never ready" ? "undefined" : 'process.send?.("ready")'});
  // PM2 hands over connections until it confirms the disconnection. An exit before that would leave them without an answer.
  process.on("SIGINT", () =>
    server.close(() => {
      process.once("disconnect", () => process.exit(0));
      cluster.worker.disconnect();
    }),
  );
}
`;

const ecosystem = ({ instances, process, defect }: ReleaseOptions) => `const { readFileSync } = require("node:fs");
const { basename, join } = require("node:path");
const script = join(__dirname, "handler.mjs");
const lines = readFileSync(join(__dirname, "environment"), "utf8").trim().split("\\n");
module.exports = {
  apps: ${defect === "no app"} ? [] : [
    {
      name: ${JSON.stringify(process)},
      script,
      cwd: __dirname,
      exec_mode: "cluster",
      instances: ${instances},
      wait_ready: true,
      listen_timeout: ${LISTEN_TIMEOUT_SECONDS * 1000},
      kill_timeout: 5000,
      env: {
        ...Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))),
        HUB_RELEASE: basename(__dirname),
        // A reload ignores this file's script and cwd, and keeps those of the first start. It does read both from these variables.
        pm_exec_path: script,
        pm_cwd: __dirname,
      },
    },
  ],
};
`;

/** The digests of the complete releases in a folder, and the names of everything else in it. */
export async function releasesIn(folder: string): Promise<{ readonly whole: string[]; readonly others: string[] }> {
  const names = await readdir(folder);
  const isWhole = await Promise.all(names.map((name) => isRelease(join(folder, name), name)));
  return {
    whole: names.filter((_name, index) => isWhole[index] === true).sort(),
    others: names.filter((_name, index) => isWhole[index] !== true).sort(),
  };
}

async function isRelease(folder: string, name: string): Promise<boolean> {
  const sums = await readFile(join(folder, "SHA256SUMS"), "utf8").catch(() => undefined);
  if (sums === undefined || sha256(sums) !== name) return false;
  const files = sums
    .trim()
    .split("\n")
    .map((line) => line.split("  "));
  const found = await Promise.all(
    files.map(async ([sum, file = ""]) => sum === sha256(await readFile(join(folder, file), "utf8").catch(() => ""))),
  );
  return found.every(Boolean);
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
