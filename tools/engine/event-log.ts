/**
 * The engine's event log, read while the engine runs. Its debug lines hold credentials in plain text, so it goes through a named pipe and never to
 * the disk.
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
import { type ReadReports, readReports } from "../../hub/signing/signing-reports.ts";
import { UserError } from "../cli/run-tool.ts";
import { findingOf, PolicyEvent, type PolicyFinding, withoutColours } from "../plan/policy-findings.ts";
import { EventStep, type PlanStep } from "../plan/step.ts";
import { PULUMI_VERSION } from "./version.ts";

/** The event log of one run of the engine, and the steps, findings and reports in it. */
export interface EventLog {
  /** The arguments with which the engine writes its events. */
  readonly args: readonly string[];
  /** The environment that the engine needs for that, since the option is a debug option. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Returns the steps of the plan, or undefined if the engine did not finish it. Call it after the engine has ended.
   *
   * @throws UserError if an event has an unexpected format
   */
  steps(): Promise<PlanStep[] | undefined>;
  /** Returns the findings of the policies. Call it after {@link EventLog.steps}. */
  findings(): readonly PolicyFinding[];
  /** Returns the program's reports about Twilio's Rules and Settings. Call it after {@link EventLog.steps}. */
  signing(): ReadReports;
  close(): Promise<void>;
}

/** The line that is written to the pipe after the engine has ended. */
const END = "end of the events";

const Event = z.object({
  resourcePreEvent: z.object({ metadata: EventStep }).optional(),
  summaryEvent: z.unknown().optional(),
  policyEvent: PolicyEvent.optional(),
  diagnosticEvent: z.object({ message: z.string(), severity: z.string() }).optional(),
});

/** The severities of the program's own messages. A debug line may hold a credential, and is not kept. */
const SHOWN: readonly string[] = ["warning", "error", "info#err"];

/** Makes a pipe for the events of one run, in a folder that only this user can read. */
export async function openEventLog(): Promise<EventLog> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-events-"));
  const file = join(folder, "events");
  await promisify(execFile)("mkfifo", ["-m", "600", file]);
  // Open at both ends, so that the reader waits for a writer, and this process can write the end once the engine is gone.
  const fd = openSync(file, constants.O_RDWR | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: true });
  const steps: PlanStep[] = [];
  const findings: PolicyFinding[] = [];
  const messages = new Set<string>();
  let isComplete = false;
  const ended = new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    createInterface({ input: socket }).on("line", (line) => {
      if (line === END) return resolve();
      try {
        const event = line === "" ? {} : Event.parse(JSON.parse(line));
        if (event.resourcePreEvent !== undefined) steps.push(event.resourcePreEvent.metadata);
        if (event.policyEvent !== undefined) findings.push(findingOf(event.policyEvent));
        const said = event.diagnosticEvent;
        if (said !== undefined && SHOWN.includes(said.severity)) messages.add(withoutColours(said.message));
        isComplete ||= event.summaryEvent !== undefined;
      } catch {
        // The line may hold a credential, so the message shows nothing of it.
        const problem = `the engine's events have an unexpected format; is this Pulumi ${PULUMI_VERSION}?`;
        reject(new UserError(`the plan could not be checked: ${problem}`));
      }
    });
  });
  // Nothing awaits it while the engine runs, and a rejection must not end this process.
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
    signing: () => readReports([...messages]),
    async close() {
      socket.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
