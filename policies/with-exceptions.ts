import type { Policies, ResourceValidationPolicy } from "@pulumi/policy";
import { ConfigError } from "../hub/config/parse.ts";
import type { Exceptions } from "../hub/guards/exceptions.ts";

const REMEDY = "remove the entry from hub/guards/exceptions.ts once it is not needed";

/**
 * The policies, and `pack-exceptions`, which names every exception in each run. A policy that is switched off becomes an advisory: it still reports what
 * it finds, and blocks nothing.
 *
 * @throws ConfigError if an exception names a policy that the pack does not have
 */
export function withExceptions(policies: Policies, exceptions: Exceptions): Policies {
  for (const { policy } of exceptions.off) {
    if (!policies.some(({ name }) => name === policy)) {
      throw new ConfigError(
        `hub/guards/exceptions.ts: off: the pack has no policy "${policy}"; fix the name or remove the entry`,
      );
    }
  }
  const isOff = (name: string) => exceptions.off.some(({ policy }) => policy === name);
  const levelled = policies.map((policy) =>
    isOff(policy.name) ? { ...policy, enforcementLevel: "advisory" as const } : policy,
  );
  return [...levelled, packExceptions(exceptions)];
}

/** An advisory that names each exception in every run, so that nobody forgets one. */
export function packExceptions({ off, allowedTypes }: Exceptions): ResourceValidationPolicy {
  return {
    name: "pack-exceptions",
    description: "The pack makes no exception.",
    enforcementLevel: "advisory",
    validateResource: ({ type }, reportViolation) => {
      if (type !== "pulumi:pulumi:Stack") return;
      for (const { policy, reason, until } of off)
        reportViolation(`the policy ${policy} is off until ${until}: ${reason}; ${REMEDY}`);
      for (const entry of allowedTypes)
        reportViolation(`the type ${entry.type} is allowed until ${entry.until}: ${entry.reason}; ${REMEDY}`);
    },
  };
}
