/** Twilio's library for Python, PyPI's `twilio`, with Python's own form parser. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { Key, Library, Signable } from "./library.ts";

/** The Python to run. `HUB_TEST_PYTHON` names another one than that on the path. */
const PYTHON = process.env.HUB_TEST_PYTHON ?? "python3";
const BRIDGE = join(import.meta.dirname, "python-library.py");

/** Whether this machine has a Python with the library. */
export function hasPythonLibrary(): boolean {
  try {
    execFileSync(PYTHON, ["-c", "import twilio.request_validator"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Each batch is one run of Python. */
export const PYTHON_LIBRARY: Library = {
  judge: "Twilio's Python library",
  sign: async (webhooks, key) => z.array(z.string()).parse(await ask("sign", webhooks, key)),
  accepts: async (webhooks, key) => z.array(z.boolean()).parse(await ask("accepts", webhooks, key)),
};

async function ask(what: "sign" | "accepts", webhooks: readonly Signable[], key: Key): Promise<unknown> {
  const bridge = spawn(PYTHON, [BRIDGE], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(bridge, "exit");
  bridge.stdin.end(JSON.stringify({ do: what, ...key, webhooks }));
  const answer = await text(bridge.stdout);
  const [code] = await exited;
  if (code !== 0) throw new Error(`${PYTHON} ${BRIDGE} ended with ${code}`);
  return JSON.parse(answer);
}
