/** A2P 10DLC on the real engine: a program with a text and a command that texts, against the pack and against the program's own guard. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { copyProject, PROGRAM_GUARD, type ProjectCopy } from "../../tools/loopback/project-copy.ts";
import { outputOf, useLoopbackStack } from "../support/engine.ts";
import { clearTexts, NO_TEXT, textsThatLeft } from "../support/tendlc/texts-that-left.ts";

/** The code that a person adds who has not read the compliance alert. */
const TEXTING = `
import * as texting from "@pulumi/twilio";
import { local } from "@pulumi/command";
import { secret } from "@pulumi/pulumi";
const { TEXTING_SID: username = "", TEXTING_TOKEN: password = "" } = process.env;
const account = new texting.Provider("texting", { username: secret(username), password: secret(password) });
const text = { to: "+12135550100", from: "+19497798471", body: "Hello." };
new texting.ApiAccountsMessages("hello", text, { provider: account });
new local.Command("hello-again", { create: \`curl --silent --fail --proxy "$TEXTING_PROXY" --cacert "$TEXTING_CA" \\
  --user "$TEXTING_SID:$TEXTING_TOKEN" --data-urlencode To=+12135550100 --data-urlencode From=+19497798471 --data Body=Hello. \\
  "https://api.twilio.com/2010-04-01/Accounts/$TEXTING_SID/Messages.json"\`, logging: "none" });
`;

const stack = useLoopbackStack();
let guarded: ProjectCopy;
let unguarded: ProjectCopy;

beforeAll(async () => {
  guarded = await copyProject();
  unguarded = await copyProject();
  for (const copy of [guarded, unguarded]) {
    const program = join(copy.folder, "infra", "index.ts");
    await writeFile(program, `${await readFile(program, "utf8")}${TEXTING}`);
  }
  await unguarded.replace("infra/index.ts", PROGRAM_GUARD, "");
});
afterEach(() => clearTexts(stack().cloud));
afterAll(async () => {
  await guarded.close();
  await unguarded.close();
});

function up(args: readonly string[], { folder }: ProjectCopy) {
  const { cloud } = stack();
  const environment = {
    TEXTING_SID: cloud.twilio.state.accountSid,
    TEXTING_TOKEN: cloud.twilio.state.authToken,
    TEXTING_PROXY: cloud.endpoints.twilioProxy,
    TEXTING_CA: cloud.caFile,
  };
  return stack().pulumi([...args, "--yes", "--skip-preview"], { project: folder, environment });
}

const bare = () => ["pulumi", "up", "--config-file", stack().configFile];

test("10DLC: without the program's guard the pack blocks both the message and the command with curl", async () => {
  const result = await up(["up"], unguarded);
  expect(result.code).not.toBe(0);
  expect(outputOf(result)).toContain("hello: twilio:index/apiAccountsMessages:ApiAccountsMessages is blocked");
  expect(outputOf(result)).toContain("hello-again: command:local:Command is not a command of the hub's deployment");
  expect(textsThatLeft(stack().cloud)).toEqual(NO_TEXT);
});

test("10DLC: the program refuses the message if the pack is left out", async () => {
  const result = await up(bare(), guarded);
  expect(result.code).not.toBe(0);
  expect(outputOf(result)).toContain("hello: twilio:index/apiAccountsMessages:ApiAccountsMessages is blocked");
  expect(textsThatLeft(stack().cloud)).toEqual(NO_TEXT);
});

test("10DLC control: without the pack and the guard both texts leave", async () => {
  const result = await up(bare(), unguarded);
  expect(result.code, outputOf(result)).toBe(0);
  // After creating its text the provider posts the body again, as an update.
  expect(textsThatLeft(stack().cloud)).toEqual({ ...NO_TEXT, messages: 2, creates: 2, requests: 3 });
});
