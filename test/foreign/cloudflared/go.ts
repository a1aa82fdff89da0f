/** Asks Go's own library, through one process that `judge.go` is compiled to. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/** A question to Go. `judge.go` says what each asks. `Paths` and `Target` are bytes in Base64. */
export type Question =
  | { readonly Expression: string; readonly Paths: readonly string[] }
  | { readonly Service: string }
  | { readonly Host: string }
  | { readonly Target: string }
  | { readonly Status: string };

const Answer = z.strictObject({
  error: z.string().exactOptional(),
  matches: z.array(z.boolean()).exactOptional(),
  scheme: z.string().exactOptional(),
  hostname: z.string().exactOptional(),
  /** In Base64. */
  path: z.string().exactOptional(),
  forwarded: z.string().exactOptional(),
  number: z.number().exactOptional(),
});

/** The answer of Go: an error, or the members that `judge.go` names. */
export type Answer = z.infer<typeof Answer>;

/** The first version of Go whose library decides as that of cloudflared 2026.8.2, which is built with Go 1.26. */
const FIRST_VERSION = 26;

/** Nothing is downloaded, and no module is needed. */
const GO = { ...process.env, GO111MODULE: "off", GOFLAGS: "", GOPROXY: "off", GOTOOLCHAIN: "local" };

/** Whether this machine has Go 1.26 or newer. */
export const HAS_GO = hasGo();

function hasGo(): boolean {
  const { stdout } = spawnSync("go", ["version"], { env: GO, encoding: "utf8" });
  const version = Number(/^go version go1\.(\d+)/.exec(stdout ?? "")?.[1] ?? 0);
  if (version < FIRST_VERSION)
    process.stdout.write(`Go's library: skipped, this machine has no Go 1.${FIRST_VERSION}\n`);
  return version >= FIRST_VERSION;
}

/**
 * Asks all questions at once.
 *
 * @returns the answers, in the order of the questions
 * @throws Error if the program cannot be compiled, or ends before it has answered
 */
export function askGo(questions: readonly Question[]): Answer[] {
  const folder = mkdtempSync(join(tmpdir(), "go-judge-"));
  try {
    const program = join(folder, "judge");
    execFileSync("go", ["build", "-o", program, join(import.meta.dirname, "judge.go")], { env: GO, stdio: "pipe" });
    const input = questions.map((question) => JSON.stringify(question)).join("\n");
    const answers = execFileSync(program, { input, maxBuffer: 2 ** 30, encoding: "utf8" })
      .trimEnd()
      .split("\n");
    if (answers.length !== questions.length) throw new Error(`Go answered ${answers.length} of ${questions.length}`);
    return answers.map((answer) => Answer.parse(JSON.parse(answer)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
