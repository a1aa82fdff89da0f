/** The text of `npm run signing -- status`, of at most 100 columns but for commands and findings. */
import { textTable } from "../cli/text-table.ts";
import type { SignerStatus, SigningStatus } from "./status.ts";

/** The lines. */
export function statusText(status: SigningStatus): string {
  const { stack, signers, settings, urls, queries, findings, undeclared, next, notKnown } = status;
  return [
    `Signing of ${stack}`,
    "",
    ...textTable(
      ["signer", "config", "Twilio", "running", "signed", "with a query"],
      signers.map((row) => [row.signer, row.config, row.atTwilio, row.running, ...signedCells(row)]),
    ),
    "",
    ...textTable(
      ["Setting", "key", "at Twilio"],
      settings.map(({ name, key, id }) => [name, key, id === "not made" ? "no" : "yes"]),
    ),
    "",
    ...textTable(
      ["URL", "signed by", "Rule"],
      urls.map(({ url, signedBy, rule }) => [url, signedBy.join(" or "), rule]),
    ),
    "",
    `queries: ${queries.config} in the config; ${queries.answer} by the handler's counts`,
    `  ${queries.because}`,
    ...findings.map((line) => `found: ${line}`),
    ...undeclared.flatMap(({ id, name, command }) => [
      `no config has the key ${id} (${JSON.stringify(name)}); if no run of new is under way:`,
      `  ${command}`,
    ]),
    ...notKnown.map((line) => `not known: ${line}`),
    `next: ${next.what}`,
    ...next.commands.map((command) => `  ${command}`),
  ].join("\n");
}

function signedCells({ signed }: SignerStatus): [string, string] {
  return signed === "not known" ? ["?", "?"] : [String(signed.plain), String(signed.withQuery)];
}
