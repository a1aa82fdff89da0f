import { expect, test } from "vitest";
import { isRouted, type Route } from "./routes.ts";

const DECLARED = { path: "/fax/webhook", title: "Inbound fax" } as const;

test("only a route that is answered has a role, and its event must have an answer", () => {
  const approved = { ...DECLARED, event: "inbound-call", status: "approved", role: "voiceUrl" } as const;
  const pending = { ...DECLARED, event: "inbound-fax", status: "pending" } as const;
  const { role: _, ...withoutRole } = approved;
  const compiled: readonly Route[] = [approved, pending];
  // @ts-expect-error: an approved route without a role
  const noRole: Route = withoutRole;
  // @ts-expect-error: an alias without a role
  const noAliasRole: Route = { ...withoutRole, status: "alias" };
  // @ts-expect-error: a pending route with a role
  const extraRole: Route = { ...pending, role: "voiceUrl" };
  // @ts-expect-error: a role that Twilio does not have
  const wrongRole: Route = { ...approved, role: "faxUrl" };
  // @ts-expect-error: an event that the handler does not answer
  const noAnswer: Route = { ...approved, event: "inbound-fax" };
  expect([...compiled, noRole, noAliasRole, extraRole, wrongRole, noAnswer].map(isRouted)).toEqual([
    ...[true, false],
    ...[true, true, false, true, true],
  ]);
});
