/** Where `npm run call` finds the outbound endpoint, and what opens it. */
import { z } from "zod";
import { OutboundToken } from "../../handlers/start/variables.ts";
import { HubConfig } from "../../hub/config/config.ts";
import { LoopbackUrl } from "../../hub/values/values.ts";
import { UserError } from "../cli/run-tool.ts";
import { readStackConfig, stackFile } from "./stack-config.ts";

/** What the shell and the command line say. */
export interface TargetOptions {
  readonly stack: string;
  readonly from: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** An endpoint, and the number to call from. */
export interface CallTarget {
  /** Without trailing slash. */
  readonly url: string;
  readonly token: string;
  readonly from: string;
}

/** What is needed of a stack's config. Keys that other parts need may still be missing in it. */
const StackPart = z.object({ handler: HubConfig.shape.handler, numbers: HubConfig.shape.numbers });

/**
 * Reads where to ask: `OUTBOUND_URL` and `--from`, and where one of them is missing, the stack's admin port and its first number.
 *
 * @throws UserError where the token, the URL or the stack's config is missing or wrong, or the token's reference cannot be read
 */
export async function readCallTarget({ stack, from, environment }: TargetOptions): Promise<CallTarget> {
  const { OUTBOUND_URL: url = "", OUTBOUND_TOKEN: token = "" } = environment;
  const readToken = checked("OUTBOUND_TOKEN", OutboundToken, token === "" ? undefined : token);
  const given = url === "" ? undefined : checked("OUTBOUND_URL", LoopbackUrl, url);
  const fromStack = given === undefined || from === undefined ? await readStack(stack) : undefined;
  return {
    url: given ?? `http://127.0.0.1:${fromStack?.adminPort}`,
    from: from ?? fromStack?.number ?? "",
    token: await readToken().catch((cause: unknown) => {
      throw new UserError(cause instanceof Error ? cause.message.replace(/\s+/g, " ") : String(cause), { cause });
    }),
  };
}

function checked<Value>(variable: string, schema: z.ZodType<Value>, value: string | undefined): Value {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new UserError(`${variable}: ${error.issues[0]?.message}; export it, or see npm run call -- --help`);
}

async function readStack(stack: string): Promise<{ readonly adminPort: number; readonly number: string | undefined }> {
  const { source, hub } = await readStackConfig(stackFile(stack));
  const { success, data, error } = StackPart.safeParse(hub);
  if (success) return { adminPort: data.handler.adminPort, number: data.numbers[0]?.number };
  const [{ path, message } = { path: [], message: "" }] = error.issues;
  throw new UserError(`${source}: hub:${path.join(".")}: ${message}`);
}
