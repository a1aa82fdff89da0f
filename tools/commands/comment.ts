/** `npm run comment`: prints the comment on a pull request from the JSON of a preview. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { commentText } from "../comment/comment-text.ts";
import { PolicyFinding } from "../plan/policy-findings.ts";
import { PreviewJson } from "../plan/preview-json.ts";

const USAGE = `usage: npm run --silent comment -- --stack NAME --preview FILE [--findings FILE]

Prints the comment on a pull request, in Markdown: the number of resources for each operation, the
findings of the policies, and each property that changes, with its old and new value, shortened.
It leaves out secrets and scripts, and masks anything that looks like a credential. The comment has
at most 60,000 characters. Its first line is a hidden mark by which the next run finds it.

  --stack NAME      the stack of the preview
  --preview FILE    the output of npm run --silent preview -- --json; an empty file means that the
                    run stopped before it had a plan
  --findings FILE   the file that npm run preview -- --findings wrote; without the option or the
                    file, the comment says that the findings are not known
  --help            print this help

example:
  npm run --silent preview -- --stack prod --json --findings findings.json > preview.json
  npm run --silent comment -- --stack prod --preview preview.json --findings findings.json`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  preview: { type: "string" },
  findings: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const { stack, preview, findings, help } = readOptions(OPTIONS, "npm run comment");
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (stack === undefined || preview === undefined)
    throw new UserError("--stack and --preview are both required; see npm run comment -- --help");
  const report = await read(preview);
  if (report === undefined) throw new UserError(`--preview ${preview} does not exist; write it with npm run preview`);
  const found = findings === undefined ? undefined : await read(findings);
  process.stdout.write(
    commentText({
      stack,
      preview: report.trim() === "" ? undefined : parsed(PreviewJson, report, `--preview ${preview}`),
      findings: found === undefined ? undefined : parsed(z.array(PolicyFinding), found, `--findings ${findings}`),
    }),
  );
  return 0;
});

/** The text of a file, or undefined if the file does not exist. */
async function read(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined;
    throw new UserError(`${file} cannot be read (${cause.code})`, { cause });
  });
}

/** Parses the text of a file. The message does not quote it, because it may hold secrets. */
function parsed<Schema extends z.ZodType>(schema: Schema, text: string, what: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(`${what} was not written by npm run preview; write it again`, { cause });
  }
}
