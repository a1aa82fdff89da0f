/** Every trap of framing, by the part of the request that it is in. */

import { CHUNK_TRAPS } from "./chunks.ts";
import { END_TRAPS } from "./ends.ts";
import { HEAD_TRAPS } from "./heads.ts";
import { LENGTH_TRAPS } from "./lengths.ts";
import type { Trap } from "./trap.ts";

/** The table. */
export const TRAPS: readonly Trap[] = [...HEAD_TRAPS, ...LENGTH_TRAPS, ...CHUNK_TRAPS, ...END_TRAPS];
