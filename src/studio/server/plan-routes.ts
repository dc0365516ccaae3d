import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as z from "zod";
import { withoutUndefined } from "../../lib/without-undefined.ts";
import { Answer, type RefusalCode } from "../../protocol/gate.ts";
import { RunId } from "../../protocol/ids.ts";
import { MAX_PAGE_SIZE } from "../../protocol/limits.ts";
import { PlanStatus } from "../../protocol/plan.ts";
import type { ApprovalResult } from "../../runtime/respond-to-approval.ts";
import { parseBody, parseInput, WholeNumber } from "./parse-input.ts";
import { planDocument, planSummary } from "./plan-document.ts";
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
const DecisionBody = Answer.omit({ channel: true, gate: true }).extend({ planHash: z.string().optional() });

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
    const [actions, answers] = await Promise.all([plans.actions(plan.planId), plans.decisions(plan.planId)]);
    return c.json(planDocument(plan, { actions, answers, audit }));
  });

  routes.post("/:id/decisions", async (c) => {
    const { workspace } = parseInput(WorkspaceQuery, c.req.query(), "query");
    const { planHash, contentHash = planHash, ...body } = parseBody(DecisionBody, c.get("body"));
    const runtime = runtimeOf(workspaces, workspace);
    const response = withoutUndefined({ ...body, contentHash, channel: "http" });
    const result = await runtime.respondToApproval(c.req.param("id"), response);
    return c.json({ schemaVersion: 1, result }, statusOf(result));
  });

  return routes;
}

function statusOf(result: ApprovalResult): ContentfulStatusCode {
  if (result.kind === "refused") return REFUSALS[result.code] ?? 409;
  return result.kind === "recorded" ? 202 : 200;
}

/** All other refusals are conflicts with what was decided or changed before. */
const REFUSALS: { readonly [Code in RefusalCode]?: ContentfulStatusCode } = {
  unknown_plan: 404,
  unsigned: 403,
  bad_signature: 403,
  forbidden: 403,
  invalid_edit: 422,
};
