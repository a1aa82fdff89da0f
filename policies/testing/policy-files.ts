/**
 * Where the room's files stand. A policy is `SUBJECT/NAME.ts`, and its cases are `SUBJECT/NAME.cases.ts`. Everything that policies share is in a
 * `reading` folder or at the top of the room.
 */
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { z } from "zod";
import type { PolicyCase } from "./cases.ts";

const ROOM = join(import.meta.dirname, "..");
const load = createRequire(import.meta.url);

const Cases = z.object({ cases: z.array(z.custom<PolicyCase>()).min(1) });

/** A file that should hold one policy. */
export interface PolicyFile {
  /** The file's name, which must be the policy's. */
  readonly name: string;
  /** Absolute, like {@link PolicyFile.casesPath}. */
  readonly path: string;
  readonly casesPath: string;
}

/** The modules of the pack, as absolute paths: no tests, no cases, no test helpers and no build. */
export const PACK_MODULES: readonly string[] = readdirSync(ROOM, { recursive: true, encoding: "utf8" })
  .filter((file) => /(?<!\.test|\.cases)\.ts$/.test(file) && !/^(testing|dist)\//.test(file))
  .map((file) => join(ROOM, file))
  .toSorted();

/** Every policy's file. */
export const POLICY_FILES: readonly PolicyFile[] = PACK_MODULES.filter((path) =>
  /^[^/]+\/[^/]+$/.test(path.slice(ROOM.length + 1)),
)
  .filter((path) => !path.startsWith(join(ROOM, "reading")))
  .map((path) => ({ name: basename(path, ".ts"), path, casesPath: path.replace(/\.ts$/, ".cases.ts") }));

/** The cases of a policy; none if it has no file of cases. */
export function casesOf({ casesPath }: PolicyFile): readonly PolicyCase[] {
  return existsSync(casesPath) ? Cases.parse(load(casesPath)).cases : [];
}
