import { LOCAL_COMMAND_TYPE } from "../../hub/guards/commands/known-scripts.ts";
import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { stagedRelease } from "../testing/hub.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const READ = "op read 'op://Aurora/twilio/auth-token'";
const local = (props: Readonly<Record<string, unknown>>) => [resource(LOCAL_COMMAND_TYPE, props)];

/** The cases of the policy op-read-silent. */
export const cases: readonly PolicyCase[] = [
  { name: "a command that reads nothing", resources: local({ create: "echo done" }), violates: undefined },
  { name: "a silent script of the hub's", resources: [stagedRelease({ logging: "none" })], violates: undefined },
  { name: "a silent read", resources: local({ create: READ, logging: "none" }), violates: undefined },
  {
    name: "a silent script that is not known yet",
    resources: local({ create: UNKNOWN, logging: "none" }),
    violates: undefined,
  },
  {
    name: "a reference without a read",
    resources: local({ create: "deploy", environment: { TOKEN: "op://Aurora/twilio/auth-token" } }),
    violates: undefined,
  },
  {
    name: "words like those of a read",
    resources: local({ create: "stop reading; op --version" }),
    violates: undefined,
  },
  {
    name: "a read that is logged by default",
    resources: local({ create: READ }),
    violates: /^subject\.create: reads a secret with op, and nothing turns its logging off; set logging: "none"/,
  },
  ...["stdout", "stderr", "stdoutAndStderr"].map((logging) => ({
    name: `a read with logging ${logging}`,
    resources: local({ create: READ, logging }),
    violates: new RegExp(`^subject\\.create: reads a secret with op, and logging is "${logging}"`),
  })),
  {
    name: "a read with logging that is not known yet",
    resources: local({ create: READ, logging: UNKNOWN }),
    violates: /^subject\.create: reads a secret with op, and nothing turns/,
  },
  ...[
    "op run -- deploy",
    "op inject -i template",
    "op item get twilio --reveal",
    "op document get key",
    "/usr/local/bin/op --account=hub read op://Aurora/a/b",
    "'op' read op://Aurora/a/b",
    "sh -c \"op  read 'op://Aurora/a/b'\"",
    "op --account my.1password.com read op://Aurora/a/b",
    "op --session abc read x",
    "op \\\n  read x",
    "$(which op) read x",
    "op signin --raw",
    "op connect token create hub",
    "f=op; $f op://Aurora/a/b",
  ].map((create) => ({ name: create, resources: local({ create }), violates: /^subject\.create: reads a secret/ })),
  ...["update", "delete", "stdin"].map((input) => ({
    name: `a read in ${input}`,
    resources: local({ create: "true", [input]: READ }),
    violates: new RegExp(`^subject\\.${input}: reads a secret`),
  })),
  {
    name: "a read by a list",
    resources: local({ create: "op://Aurora/a/b", interpreter: ["op", "read"] }),
    violates: /^subject\.interpreter\[0\]: reads a secret/,
  },
  {
    name: "a word with op in it",
    resources: local({ create: "co-op run; op-tool read; desktop read", environment: { X: "op://Aurora/a/b" } }),
    violates: undefined,
  },
  {
    name: "a number of the co-op",
    resources: [resource(PHONE_NUMBER_TYPE, { friendlyName: "Co-op run desk" })],
    violates: undefined,
  },
  {
    name: "a number with the word op in its name",
    resources: [resource(PHONE_NUMBER_TYPE, { friendlyName: "op desk, get and run" })],
    violates: undefined,
  },
  {
    name: "a read in a trigger",
    resources: local({ create: "true", triggers: ["a", READ] }),
    violates: /^subject\.triggers\[1\]: reads a secret/,
  },
  {
    name: "a read in a variable",
    resources: local({ create: 'eval "$X"', environment: { X: READ } }),
    violates: /^subject\.environment\.X: reads a secret/,
  },
  {
    name: "a read in a resource that is not a command",
    resources: [resource("pulumi-nodejs:dynamic:Resource", { __provider: READ })],
    violates: /^subject\.__provider: reads a secret/,
  },
  {
    name: "a script that is not known yet",
    resources: local({ create: UNKNOWN }),
    violates: /^subject\.create: is not known in the preview and may read a secret with op/,
  },
  {
    name: "an interpreter that is not known yet",
    resources: local({ create: "x", interpreter: ["sh", UNKNOWN] }),
    violates: /^subject\.interpreter: is not known/,
  },
  {
    name: "a variable that is not known yet",
    resources: local({ create: "x", environment: { X: UNKNOWN } }),
    violates: undefined,
  },
  {
    name: "an unknown value of another type",
    resources: [resource("cloudflare:index/dnsRecord:DnsRecord", { create: UNKNOWN })],
    violates: undefined,
  },
];
