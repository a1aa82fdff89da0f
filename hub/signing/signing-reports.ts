/** The first lines of the program's reports about Twilio's Rules and Settings. The tools recognise a report by them in the engine's events. */
import type { SigningFinding } from "./signing-findings.ts";

/** The report of findings that stop the run. */
export const UNDECLARED_SIGNING = "Twilio's webhook Rules do not treat the hub's webhooks as declared";

/** The report of findings that an `up` puts right. */
export const SIGNING_TO_PUT_RIGHT =
  "Twilio's webhook Rules and Settings are not as declared, and an up puts them right";

/** The report that nothing was looked at. */
export const SIGNING_NOT_READ = "Twilio's webhook Rules and Settings were not looked at";

/** A report: its first line, and a line for each finding. */
export function signingReport(first: string, findings: readonly SigningFinding[]): string {
  return `${first}:\n${findings.map(({ line }) => `  - ${line}`).join("\n")}`;
}

/** The findings in a message of the engine, if it is such a report. */
export function reportedFindings(message: string): string[] {
  const first = [UNDECLARED_SIGNING, SIGNING_TO_PUT_RIGHT].find((line) => message.includes(`${line}:\n`));
  if (first === undefined) return [];
  const lines = message.slice(message.indexOf(first)).split("\n").slice(1);
  return lines.filter((line) => line.startsWith("  - ")).map((line) => line.slice(4));
}

/** The line that says that nothing was looked at, if a message of the engine is that report. */
export function notReadLine(message: string): string | undefined {
  return message.split("\n").find((line) => line.includes(`${SIGNING_NOT_READ}: `));
}
