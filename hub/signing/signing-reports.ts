/** The first lines of the program's reports about Twilio's Rules and Settings. The tools recognise a report by them in the engine's events. */
import type { SigningFinding } from "./rule-findings.ts";

/** The report of findings that stop the run. */
export const UNDECLARED_SIGNING = "Twilio's webhook Rules do not treat the hub's webhooks as declared";

/** The report of findings that an `up` puts right. */
export const SIGNING_TO_PUT_RIGHT =
  "Twilio's webhook Rules and Settings are not as declared, and an up puts them right";

/** The report of Rules with the hub's mark that no `up` changes and that change no webhook of the hub's. */
export const SIGNING_LEFT_OVER = "Twilio has webhook Rules of the hub's for other hosts";

/** The report of changes that the lists show and that Twilio has not applied. */
export const SIGNING_NOT_APPLIED = "Twilio has not applied all changes of the webhook Rules";

/** The report that nothing was looked at. */
export const SIGNING_NOT_READ = "Twilio's webhook Rules and Settings were not looked at";

/** A report: its first line, and a line for each finding. */
export function signingReport(first: string, findings: readonly Pick<SigningFinding, "line">[]): string {
  return `${first}:\n${findings.map(({ line }) => `  - ${line}`).join("\n")}`;
}

/** The program's reports, as a tool reads them in the messages of the engine. */
export interface ReadReports {
  /** The findings that stopped the run. */
  readonly stopping: readonly string[];
  /** The findings over which an `up` goes on: it puts them right, or Twilio has yet to apply them. */
  readonly putRight: readonly string[];
  /** The findings that a person puts right, and that stop no run. */
  readonly leftOver: readonly string[];
  /** The reason why nothing was looked at. */
  readonly notRead?: string;
}

/** Reads the reports in the messages of a run. */
export function readReports(messages: readonly string[]): ReadReports {
  const notRead = messages.map((message) => message.split(`${SIGNING_NOT_READ}: `)[1]?.trim()).find(Boolean);
  return {
    stopping: messages.flatMap((message) => findingsIn(message, UNDECLARED_SIGNING)),
    putRight: [SIGNING_TO_PUT_RIGHT, SIGNING_NOT_APPLIED].flatMap((first) =>
      messages.flatMap((message) => findingsIn(message, first)),
    ),
    leftOver: messages.flatMap((message) => findingsIn(message, SIGNING_LEFT_OVER)),
    ...(notRead !== undefined && { notRead }),
  };
}

function findingsIn(message: string, first: string): string[] {
  const [, lines] = message.split(`${first}:\n`);
  return (lines ?? "").split("\n").flatMap((line) => (line.startsWith("  - ") ? [line.slice(4).trim()] : []));
}
