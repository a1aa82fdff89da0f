/** The stack's config, parsed at the boundary: every key is well-formed, and no two are in conflict. */
import type { z } from "zod";
import { conflicts } from "./conflicts.ts";
import { HubKeys } from "./keys.ts";

/** The schema of the stack's config. */
export const HubConfig = HubKeys.check(({ value, issues }) => {
  for (const { path, message } of conflicts(value)) {
    issues.push({ code: "custom", input: undefined, path, message });
  }
});
export type HubConfig = z.infer<typeof HubConfig>;
