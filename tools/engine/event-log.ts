/**
 * The engine's event log, read while the engine runs. It holds credentials in plain text (its debug lines do), so it goes through a named pipe
 * and never to the disk.
 */
import { execFile } from "node:child_process";
import { constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { z } from "zod";
import { UserError } from "../cli/run-tool.ts";
import { findingOf, PolicyEvent, type PolicyFinding } from "../plan/policy-findings.ts";
import { EventStep, type PlanStep } from "../plan/step.ts";

/** Where the engine writes its events, and the plan's steps once it has ended. */
export interface EventLog {
  /** What the engine needs in its arguments. */
  readonly args: readonly string[];
  /** What it needs in its environment: the option is one of its debug options. */
  readonly environment: Readonly<Record<string, string>>;
  /** The steps of the plan, or undefined where the engine did not come to the end of it. To be called after the engine has ended. */
  steps(): Promise<PlanStep[] | undefined>;
  /** What the policies found. To be called after {@link EventLog.steps}. */
  findings(): readonly PolicyFinding[];
  close(): Promise<void>;
}

/** The line that says that the engine has ended. */
const END = "end of the events";

const Event = z.object({
  resourcePreEvent: z.object({ metadata: EventStep }).optional(),
  summaryEvent: z.unknown().optional(),
  policyEvent: PolicyEvent.optional(),
});

/** Makes a pipe for the events of one run, in a folder that nobody else can read. */
export async function openEventLog(): Promise<EventLog> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-events-"));
  const file = join(folder, "events");
  await promisify(execFile)("mkfifo", ["-m", "600", file]);
  // Open at both ends: the reader then waits for a writer, and the end can be written here once the engine is gone.
  const fd = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: true });
  const steps: PlanStep[] = [];
  const findings: PolicyFinding[] = [];
  let isComplete = false;
  const ended = new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    createInterface({ input: socket }).on("line", (line) => {
      if (line === END) return resolve();
      try {
        const event = line === "" ? {} : Event.parse(JSON.parse(line));
        if (event.resourcePreEvent !== undefined) steps.push(event.resourcePreEvent.metadata);
        if (event.policyEvent !== undefined) findings.push(findingOf(event.policyEvent));
        isComplete ||= event.summaryEvent !== undefined;
      } catch {
        // What could not be read may hold a credential, so nothing of it is said.
        reject(new UserError("the plan could not be checked: the engine's events are not those of the pinned version"));
      }
    });
  });
  // Nobody waits for it while the engine runs.
  ended.catch(() => undefined);
  return {
    args: ["--event-log", file],
    environment: { PULUMI_DEBUG_COMMANDS: "true" },
    async steps() {
      socket.write(`\n${END}\n`);
      await ended;
      return isComplete ? steps : undefined;
    },
    findings: () => findings,
    async close() {
      socket.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
