import { z } from "zod";
import { servicePort } from "../values/ingress-service.ts";
import { found, IngressHostname, IngressService, list, PlainText, Port } from "../values/values.ts";
import { OriginRequest } from "./origin-request.ts";

/** A rule of another handler on the same tunnel, exactly as in the live ingress. */
const SiblingRule = z
  .strictObject({
    /** Absent means every host. */
    hostname: IngressHostname.exactOptional(),
    /** A Go regular expression, which cloudflared does not anchor; absent means every path. */
    path: PlainText.exactOptional(),
    service: IngressService,
    originRequest: OriginRequest.exactOptional(),
  })
  .refine(({ hostname, path }) => hostname !== undefined || path !== undefined, {
    error: "has neither hostname nor path, so it would take every request; only the catch-all may do that",
  });

/** How a sibling is recognised: by its port, by services that have none or are on another machine (`unix:/run/forms.sock`, `bastion`), or by both. */
export const SiblingServices = z.object({
  port: Port.exactOptional(),
  services: list(IngressService, "services").min(1).exactOptional(),
});
export type SiblingServices = z.infer<typeof SiblingServices>;

/** A sibling handler's rules on the shared tunnel. */
export const Sibling = z
  .strictObject({ name: PlainText, ...SiblingServices.shape, rules: list(SiblingRule, "ingress rules").min(1) })
  .check(({ value, issues }) => {
    const { port, services, rules } = value;
    if (port === undefined && services === undefined) {
      issues.push({ code: "custom", input: undefined, path: ["port"], message: "missing; set it" });
      return;
    }
    for (const [index, { service }] of rules.entries()) {
      if (servicePort(service) === undefined || isOfSibling(value, service)) continue;
      issues.push({
        code: "custom",
        input: service,
        path: ["rules", index, "service"],
        message: `expected a service ${shownServices(value)}; ${found({ input: service })}`,
      });
    }
  });
export type Sibling = z.infer<typeof Sibling>;

/** Whether a service is a sibling's, by its port or by its list of services. */
export function isOfSibling({ port, services = [] }: Partial<SiblingServices>, service: string): boolean {
  return services.includes(service) || (port !== undefined && servicePort(service) === port);
}

function shownServices({ port, services = [] }: SiblingServices): string {
  return [...(port === undefined ? [] : [`on port ${port}, the sibling's`]), ...services].join(", or ");
}
