import { z } from "zod";
import { expected } from "../values/values.ts";

/** Names that PM2's commands take for other processes: all of them, and those of the namespace in which every process is by default. */
const WORDS_OF_PM2: readonly string[] = ["all", "default"];

/**
 * The name of a process in PM2. PM2's commands also take a number for an id, `/…/` for a pattern and `NAME.json` for a file, and a name that begins with
 * a dash for an option, so none of these is a name (https://pm2.keymetrics.io/docs/usage/process-management/).
 */
export const ProcessName = z
  .string({ error: expected("a process name") })
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, {
    error: expected("a name of letters, digits, - and _ that begins with a letter, like twilio"),
  })
  .refine((name) => !WORDS_OF_PM2.includes(name), {
    error: expected("a name; PM2 takes all and default for other processes"),
  });
