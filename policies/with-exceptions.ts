import type { Policies, ResourceValidationPolicy } from "@pulumi/policy";
import { ConfigError } from "../hub/config/parse.ts";
import type { Exceptions } from "../hub/guards/exceptions.ts";

/**
 * The policies with those that the pack's config switches off turned into advisories: they still say what they find, and block nothing. Besides
 * them comes `pack-exceptions`, which names every exception in each run.
 *
 * @throws ConfigError where the config names a policy that the pack does not have
 */
export function withExceptions(policies: Policies, exceptions: Exceptions): Policies {
  for (const { policy } of exceptions.off) {
    if (!policies.some(({ name }) => name === policy)) {
      throw new ConfigError(
        `hub/guards/exceptions.ts: off: the pack has no policy "${policy}"; mend the name or remove the entry`,
      );
    }
  }
  const isOff = (name: string) => exceptions.off.some(({ policy }) => policy === name);
  const levelled = policies.map((policy) =>
    isOff(policy.name) ? { ...policy, enforcementLevel: "advisory" as const } : policy,
  );
  return [...levelled, packExceptions(exceptions)];
}

/** Names each exception of the pack's config, in every run, so that nobody forgets one. An advisory. Satisfied by removing it from `hub/guards/exceptions.ts`. */
export function packExceptions({ off, allowedTypes }: Exceptions): ResourceValidationPolicy {
  return {
    name: "pack-exceptions",
    description: "The pack's config makes no exception.",
    enforcementLevel: "advisory",
    validateResource: ({ type }, reportViolation) => {
      if (type !== "pulumi:pulumi:Stack") return;
      for (const { policy, reason, until } of off)
        reportViolation(`the policy ${policy} is off until ${until}: ${reason}`);
      for (const entry of allowedTypes)
        reportViolation(`the type ${entry.type} is allowed until ${entry.until}: ${entry.reason}`);
    },
  };
}
