/** The routes of Rules and Operations. Sources: https://www.twilio.com/docs/usage/webhooks/webhook-rules and /webhook-operations. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { checkRule, existing, readBody, requireRoom } from "./checks.ts";
import { newRule, now } from "./make.ts";
import { problemBody } from "./problem.ts";
import { PatchRule, PostRule, type Rule, RuleMatch } from "./resources.ts";
import type { Operation, WebhooksConfiguration } from "./state.ts";
import { tokenPage } from "./token-page.ts";

/** The routes under `/Rules`. */
export function rulesApi(configuration: WebhooksConfiguration): Hono {
  const app = new Hono();
  const { rules } = configuration.saved;
  app.get("/", (c) => {
    const settingId = c.req.query("settingId");
    const isOf = (rule: Rule) =>
      settingId === undefined || rule.settings.some((share) => share.settingId === settingId);
    return tokenPage(c, "rules", [...rules.values()].filter(isOf));
  });
  const saveAnswer = (c: Context, rule: Rule) => {
    checkRule(configuration.saved, rule);
    return accepted(
      c,
      configuration.saveRule(rule.id, (resources) => resources.rules.set(rule.id, rule)),
      rule,
    );
  };
  app.post("/", async (c) => {
    const body = await readBody(c, PostRule);
    requireRoom(rules, "Rules");
    return saveAnswer(c, newRule(body));
  });
  app.get("/:id", (c) => c.json(existing(rules, c.req.param("id"))));
  app.patch("/:id", async (c) => saveAnswer(c, await patchedRule(c, existing(rules, c.req.param("id")))));
  app.delete("/:id", (c) => {
    const { id } = existing(rules, c.req.param("id"));
    return accepted(
      c,
      configuration.saveRule(id, (resources) => resources.rules.delete(id)),
    );
  });
  return app;
}

const MatchChange = z.object({ matchType: z.string().exactOptional() });

/** A Rule as a PATCH changes it. What it matches changes only as a whole, with its type. */
async function patchedRule(c: Context, rule: Rule): Promise<Rule> {
  const { matchType } = await readBody(c, MatchChange);
  const changes = { ...(await readBody(c, PatchRule)), updatedAt: now() };
  if (matchType === undefined) return { ...rule, ...changes };
  const { id, friendlyName, settings, createdAt } = rule;
  const kept = {
    id,
    friendlyName,
    settings,
    createdAt,
    ...(rule.description !== undefined && { description: rule.description }),
  };
  return { ...kept, ...changes, ...(await readBody(c, RuleMatch)) };
}

function accepted(c: Context, operation: Operation, rule?: Rule): Response {
  const body = operationBody(operation);
  const headers = { "Operation-Id": operation.id, Location: body.statusUrl, "Retry-After": "30" };
  return c.json({ operation: body, ...(rule && { rule }) }, 202, headers);
}

/** The routes under `/Operations`. */
export function operationsApi({ operations }: WebhooksConfiguration): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const { status, resourceId } = c.req.query();
    const chosen = operations
      .map(operationBody)
      .filter((operation) => status === undefined || operation.status === status)
      .filter((operation) => resourceId === undefined || operation.resourceId === resourceId);
    return tokenPage(c, "operations", chosen);
  });
  app.get("/:id", (c) => {
    const byId = new Map(operations.map((operation) => [operation.id, operation]));
    return c.json(operationBody(existing(byId, c.req.param("id"))));
  });
  return app;
}

/** The JSON of an Operation. It is pending for the first quarter of its time, and then runs. */
function operationBody({ id, resourceId, createdAt, startsAt, endsAt, end }: Operation) {
  const now = performance.now();
  const statusUrl = `https://webhooks.twilio.com/v1/Webhooks/Operations/${id}`;
  const shown = { id, statusUrl, resourceId, createdAt: createdAt.toISOString(), retentionPeriod: "P7D" };
  if (now < endsAt) return { ...shown, status: now < startsAt + (endsAt - startsAt) / 4 ? "PENDING" : "RUNNING" };
  const ended = { ...shown, status: end, completedAt: new Date(createdAt.getTime() + endsAt - startsAt).toISOString() };
  return end === "FAILED" ? { ...ended, error: problemBody(20500, "The change did not reach every region") } : ended;
}
