/** `npm run record:fixtures`: makes a fixture from the gRPC log of an engine that ran real plugins. */
import { readFile, writeFile } from "node:fs/promises";
import { readOptions } from "../cli/read-options.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { formatFixture, type RecordedCall } from "../recordings/fixture.ts";
import { readLog } from "../recordings/read-log.ts";
import { recordCalls } from "../recordings/record.ts";
import { stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm run record:fixtures -- --log FILE --output FILE [OPTIONS]

Makes a fixture for test/fixtures/recordings/ from the gRPC log that the engine writes while it runs
real plugins. It keeps the calls to the language host and to providers, and replaces ports, folders,
credentials and IDs.

  --log FILE             the engine's log, or a fixture to rewrite
  --output FILE          write the fixture to this file
  --after FILE           leave out the calls that this fixture of an earlier run already has, if
                         their answer depends only on the request (Check, Diff, ...); can be
                         given several times
  --stack-folder FOLDER  the folder with the stack's releases and its gate file
  --help                 print this help

examples:
  PULUMI_DEBUG_GRPC=/tmp/grpc.json npm run preview -- --stack loopback
  npm run record:fixtures -- --log /tmp/grpc.json --output 01.json
  npm run record:fixtures -- --log /tmp/grpc.json --output 02.json --after 01.json \\
    --stack-folder .hub/loopback`;

const OPTIONS = {
  log: { type: "string" },
  output: { type: "string" },
  after: { type: "string", multiple: true },
  "stack-folder": { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const {
    log,
    output,
    after = [],
    "stack-folder": stackFolder,
    help,
  } = readOptions(OPTIONS, "npm run record:fixtures");
  if (help) return print(USAGE);
  if (log === undefined) throw new UserError("--log is missing: name the engine's gRPC log");
  if (output === undefined) throw new UserError("--output is missing: name the fixture to write");
  const known = await readFile(stackFile("loopback"), "utf8");
  const earlier = (await Promise.all(after.map((file) => readCalls("--after", file)))).flat();
  const recorded = await readCalls("--log", log);
  const calls = readable(log, () => recordCalls(recorded, { stackFolder, known, earlier }));
  await writeFile(output, formatFixture(calls));
  return print(`${output}: ${calls.length} calls`);
});

async function readCalls(option: string, file: string): Promise<RecordedCall[]> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new UserError(`${option} ${file} cannot be read: ${cause.message}`, { cause });
  });
  return readable(file, () => readLog(text));
}

function readable<Result>(file: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new UserError(`${file}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
