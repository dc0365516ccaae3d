import { Hono } from "hono";
import * as z from "zod";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { RunId } from "../../protocol/ids.ts";
import { MAX_PAGE_SIZE } from "../../protocol/limits/store.ts";
import { PersonName } from "../../protocol/person-name.ts";
import { PlanStatus } from "../../protocol/plan.ts";
import { decide, statusOf } from "./decide.ts";
import { parseBody, parseInput, WholeNumber } from "./parse-input.ts";
import { cancelDocument, planDocument, planSummary } from "./plan-document.ts";
import type { ServerEnv } from "./server-env.ts";
import { runtimeOf, type Workspaces } from "./workspaces.ts";

const PlanQuery = z.strictObject({
  workspace: z.string().optional(),
  audit: z.stringbool().optional(),
});
const ListQuery = z.strictObject({
  workspace: z.string().optional(),
  limit: WholeNumber.pipe(z.number().min(1).max(MAX_PAGE_SIZE)).optional(),
  after: z.string().max(1000).optional(),
  status: PlanStatus.optional(),
  runId: RunId.optional(),
});

const WorkspaceQuery = z.strictObject({ workspace: z.string().optional() });
const SettleBody = z.strictObject({
  index: z.number().int().nonnegative(),
  as: z.enum(["done", "failed"]),
  by: z.string().min(1),
  note: z.string().optional(),
});

const CancelBody = z.strictObject({ by: PersonName, note: z.string().optional() });

const CompensateBody = z.strictObject({
  by: z.string().min(1),
  note: z.string().optional(),
  actions: z.array(z.number().int().nonnegative()).min(1).optional(),
});

/** Listing and showing plans, and deciding on them. */
export function planRoutes(workspaces: Workspaces): Hono<ServerEnv> {
  const routes = new Hono<ServerEnv>();

  routes.get("/", async (c) => {
    const { workspace, ...filter } = parseInput(ListQuery, c.req.query(), "query");
    const page = await runtimeOf(workspaces, workspace).plans.list(withoutUndefined(filter));
    return c.json({ schemaVersion: 1, items: page.items.map(planSummary), next: page.next });
  });

  routes.get("/:id", async (c) => {
    const { workspace, audit = false } = parseInput(PlanQuery, c.req.query(), "query");
    const { plans } = runtimeOf(workspaces, workspace);
    const plan = await plans.get(c.req.param("id"));
    const { planId } = plan;
    const [actions, answers, undos, card] = await Promise.all([
      plans.actions(planId),
      plans.decisions(planId),
      plans.undos(planId),
      plans.card(planId),
    ]);
    const audited = audit ? { revisions: await plans.revisions(planId), gates: await plans.gates(planId) } : null;
    return c.json(planDocument(plan, { actions, answers, undos, card, audit: audited }));
  });

  routes.post("/:id/settle", async (c) => {
    const { workspace } = parseInput(WorkspaceQuery, c.req.query(), "query");
    const { index, ...finding } = parseBody(SettleBody, c.get("body"));
    const { plans } = runtimeOf(workspaces, workspace);
    const action = await plans.settle(c.req.param("id"), index, withoutUndefined({ ...finding, channel: "http" }));
    return c.json({ schemaVersion: 1, action });
  });

  routes.post("/:id/cancel", async (c) => {
    const { workspace } = parseInput(WorkspaceQuery, c.req.query(), "query");
    const request = { ...parseBody(CancelBody, c.get("body")), channel: "http", waitMs: 0 };
    const cancelled = await runtimeOf(workspaces, workspace).plans.cancel(c.req.param("id"), withoutUndefined(request));
    return c.json(cancelDocument(cancelled), cancelled.kind === "asked" ? 202 : 200);
  });

  routes.post("/:id/compensate", async (c) => {
    const { workspace } = parseInput(WorkspaceQuery, c.req.query(), "query");
    const request = { ...parseBody(CompensateBody, c.get("body")), channel: "http", waitMs: 0 };
    const { plans } = runtimeOf(workspaces, workspace);
    const { undo, answer, waitsFor } = await plans.compensate(c.req.param("id"), withoutUndefined(request));
    return c.json(
      { schemaVersion: 1, undo: planSummary(undo), answer, waitsFor },
      answer === null ? 200 : statusOf(answer),
    );
  });

  routes.post("/:id/decisions", (c) => decide(workspaces, c));

  return routes;
}
