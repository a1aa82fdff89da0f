import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { KEPT_TYPES, PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { isOverriding, OVERRIDES } from "../../hub/urls/overrides.ts";
import { readProperty } from "../reading/known-value.ts";
import { shown } from "../reading/shown-value.ts";

const SECTION = "docs/domain.md#registered-phone-numbers";

/** Each property replaces the resource: it buys another number and releases this one. */
const BUYS: readonly string[] = ["phoneNumber", "areaCode"];

/**
 * Deleting a number releases it, and the tunnel's config and the DNS record carry the siblings. A number takes voice and not fax.
 *
 * A pack sees neither `retainOnDelete` nor `import` nor deletions: `tools/plan/kept-resources.ts` checks these of a plan, under the same name.
 *
 * @see docs/domain.md#registered-phone-numbers
 */
export function numberKept(): ResourceValidationPolicy {
  return {
    name: "number-kept",
    description:
      "Numbers, the tunnel's config and the DNS record are protected; nothing replaces a number or overrides its URLs.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (!KEPT_TYPES.includes(args.type)) return;
      if (!args.opts.protect) {
        reportViolation(
          `${args.name}.protect: found false; set protect: true, otherwise a delete would go through (${SECTION})`,
        );
      }
      if (args.type !== PHONE_NUMBER_TYPE) return;
      for (const problem of numberProblems(args.props)) reportViolation(`${args.name}.${problem} (${SECTION})`);
    },
  };
}

function numberProblems(props: ResourceValidationArgs["props"]): string[] {
  return [
    ...BUYS.filter((name) => isSet(props, name)).map(
      (name) =>
        `${name}: ${found(props, name)}; leave it out: it would buy another number and release this one; import chooses the number by its SID`,
    ),
    ...OVERRIDES.filter((override) => isOverriding(override, readProperty(props, override.property))).map(
      ({ property, effect }) =>
        `${property}: ${found(props, property)}; leave it out, or ${effect}, whatever the number's URLs say`,
    ),
  ];
}

function isSet(props: ResourceValidationArgs["props"], name: string): boolean {
  const value = readProperty(props, name);
  return value !== undefined && value !== null && value !== "";
}

/** Shows only the last four digits of a number. */
function found(props: ResourceValidationArgs["props"], name: string): string {
  return shown(readProperty(props, name))
    .replace(/\d(?=\d{4})/g, "…")
    .replace(/…+/g, "…");
}
