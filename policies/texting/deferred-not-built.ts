import type { ResourceValidationPolicy } from "@pulumi/policy";
import { deferredProblem } from "../../hub/guards/deferred.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { plainProperties } from "../reading/known-value.ts";
import { stackConfig } from "../reading/stack.ts";
import { type FoundText, namesIn, textsIn } from "../reading/texts.ts";

/**
 * It looks at each resource's type, name, property names and texts, and at the config. A value that a preview does not know passes: the update shows
 * it to the policy before it makes the resource. Once a plan has shipped, take its name out of `hub/guards/deferred.ts` and `docs/deferred.md`.
 *
 * @see docs/domain.md#voice-cluster: "do not build against until nemoclaw-audit-2026-05-03 B10 ships"
 */
export function deferredNotBuilt(): ResourceValidationPolicy {
  return {
    name: "deferred-not-built",
    description: "Nothing is built for LiveKit or NemoClaw before their plans ship.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name, props }, reportViolation) => {
      const own = [
        { path: "type", text: type },
        { path: "name", text: name },
        ...textsAndNames(plainProperties(props)),
      ];
      const config = type === COMPONENT_TYPES.hub ? textsAndNames(stackConfig()) : [];
      const places = [
        ...own.map(({ path, text }) => ({ place: `${name}.${path}`, text })),
        ...config.map(({ path, text }) => ({ place: `hub:${path}`, text })),
      ];
      for (const { place, text } of places) {
        const problem = deferredProblem(text);
        if (problem !== undefined) reportViolation(`${place}: ${problem}; remove it (docs/deferred.md)`);
      }
    },
  };
}

function textsAndNames(value: unknown): FoundText[] {
  return [...namesIn(value), ...textsIn(value)];
}
