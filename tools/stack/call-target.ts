/** Finds the outbound endpoint and its token for `npm run call`. */
import { z } from "zod";
import { OutboundToken } from "../../handlers/start/variables.ts";
import { HubConfig } from "../../hub/config/config.ts";
import { LoopbackUrl } from "../../hub/values/values.ts";
import { UserError } from "../cli/run-tool.ts";
import { readStackConfig, stackFile } from "./stack-config.ts";

/** The settings from the command line and the environment. */
export interface TargetOptions {
  readonly stack: string;
  readonly from: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** An outbound endpoint and the number to call from. */
export interface CallTarget {
  /** Without trailing slash. */
  readonly url: string;
  readonly token: string;
  readonly from: string;
}

/** The part of a stack's config that a call needs. Any other key may still be missing. */
const StackPart = z.object({ handler: HubConfig.shape.handler, numbers: HubConfig.shape.numbers });

/**
 * Takes the endpoint from `OUTBOUND_URL` and the number from `--from`. The defaults are the stack's admin port on 127.0.0.1 and its first number.
 *
 * @throws UserError if the token, the URL or the stack's config is missing or wrong, or if the token's reference cannot be read
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
